import Allocation

extension StationConfiguration {
    /// The currents that it may be given.
    package var limitSteps: LimitSteps {
        LimitSteps(
            stepAmperes: profile.limitStepAmperes, minimumAmperes: profile.minimumAmperes,
            maximumAmperes: maximumAmperes)
    }

    /// The limit that it is left at, in ampere. A station that is never limited is left at its maximum.
    package var leaveAmperes: Double { limitSteps.rounded(isManaged ? failSafeAmperes : maximumAmperes) }

    /// What the allocator has to know of it.
    package var rating: StationRating {
        var phases: PhaseSet = []
        for phase in supplyPhases { phases.insert(PhaseSet(phase)) }
        let maximum = limitSteps.rounded(maximumAmperes)
        // What any variant of the model needs: which one it is shows only when it answers.
        let variants = profile.all
        var rating = StationRating(
            phases: phases, minimumAmperes: profile.minimumAmperes, maximumAmperes: maximum,
            stepAmperes: profile.limitStepAmperes,
            failSafeAmperes: profile.hasFailSafe ? profile.fixedFailSafeAmperes ?? leaveAmperes : nil,
            failSafeAfterSeconds: profile.fixedFailSafeAfterSeconds ?? failSafeAfterSeconds, isManaged: isManaged,
            canBeStopped: variants.allSatisfy(\.canPause),
            takesLimitPerLine: supplyPhases.count > 1 && variants.allSatisfy(\.hasLimitPerPhase),
            switchesPhases: isManaged && switchesPhases, rotation: PhaseRotation(supplyPhases) ?? .l1l2l3)
        sharing.apply(to: &rating)
        return rating
    }
}

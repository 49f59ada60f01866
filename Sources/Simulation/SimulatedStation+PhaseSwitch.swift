import Allocation
import Stations

extension SimulatedStation {
    /// Begins, goes on with or ends a change between one phase and three, by the rules of the device's own writer.
    mutating func followPhaseSwitch(at now: Int) {
        report.phaseMode = phaseMode
        let time = Simulation.time(now).nanoseconds
        // Where it fails, the state keeps it from the next attempt, and the limit comes back by itself.
        _ = phaseSwitch.follow(
            mode: phaseMode, wanted: wantedMode, isHeld: holdsPause,
            flows: Double(drawn.max()) / 1000 >= PhaseSwitchState.nothingAmperes, now: time)
        guard phaseSwitch.isWriteDue, let target = phaseSwitch.target else { return }
        phaseMode = target
        phaseSwitchCount += 1
        phaseSwitch.wasWritten(now: time, seconds: Double(model.phaseSwitchSeconds))
    }
}

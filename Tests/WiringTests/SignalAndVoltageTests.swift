import MeterDSP
import Testing
import Wiring

/// A steady, correctly connected supply of 230 V with 8 A on each line.
private struct SteadySupply {
    var voltages = (0..<3).map { Phasor(230, degrees: -120 * Double($0)) }
    var currents = (0..<3).map { Phasor(8 + Double($0), degrees: -120 * Double($0) - 10) }
    var extraRMS = SIMD3<Double>.zero
    var neutralRMS: Double?

    var reading: WiringReading {
        let sum = (currents[0] + currents[1] + currents[2]).magnitude
        var rms = SIMD3<Double>.zero
        for line in 0..<3 {
            rms[line] = (currents[line].squaredMagnitude + extraRMS[line] * extraRMS[line]).squareRoot()
        }
        return WiringReading(
            voltages: ThreePhasePhasors(voltages[0], voltages[1], voltages[2]),
            currents: ThreePhasePhasors(currents[0], currents[1], currents[2]),
            voltageRMS: SIMD3(voltages[0].magnitude, voltages[1].magnitude, voltages[2].magnitude),
            lineVoltageRMS: SIMD3(
                (voltages[0] - voltages[1]).magnitude, (voltages[1] - voltages[2]).magnitude,
                (voltages[2] - voltages[0]).magnitude),
            currentRMS: rms, vectorSumRMS: sum, neutralRMS: neutralRMS)
    }

    func findings(after seconds: Int, nominalVolts: Double = 230) -> [SensorFinding.Kind] {
        var check = SensorCheck(.init(nominalVolts: nominalVolts, mayFeedIn: false))
        for _ in 0..<seconds * 5 { check.add(reading) }
        return check.findings().map(\.kind)
    }
}

struct SignalAndVoltageTests {
    @Test func `a steady correct supply shows no fault, and a fault of one second none either`() {
        var supply = SteadySupply()
        #expect(supply.findings(after: 300).isEmpty)
        supply.voltages.swapAt(1, 2)
        #expect(supply.findings(after: 1).isEmpty)
    }

    @Test func `reversed rotation`() {
        var supply = SteadySupply()
        supply.voltages.swapAt(1, 2)
        supply.currents.swapAt(1, 2)
        #expect(supply.findings(after: 5) == [.rotationReversed])
    }

    @Test(arguments: 0..<3) func `a missing line`(line: Int) {
        var supply = SteadySupply()
        supply.voltages[line] = Phasor(12, degrees: 40)
        #expect(supply.findings(after: 5) == [.voltageMissing(line)])
    }

    @Test(arguments: [0.0, 70, 130, 250]) func `a floating star point`(degrees: Double) {
        var supply = SteadySupply()
        for line in 0..<3 { supply.voltages[line] = supply.voltages[line] + Phasor(45, degrees: degrees) }
        #expect(supply.findings(after: 5).first == .neutralMissing)
    }

    @Test func `an unequal load's shift of the star point is no missing neutral`() {
        var supply = SteadySupply()
        for line in 0..<3 { supply.voltages[line] = supply.voltages[line] + Phasor(14, degrees: 100) }
        #expect(supply.findings(after: 60).isEmpty)
    }

    @Test(arguments: 0..<3) func `neutral and a line exchanged`(line: Int) {
        var supply = SteadySupply()
        let tapped = supply.voltages[line]
        for other in 0..<3 { supply.voltages[other] = other == line ? tapped * -1 : supply.voltages[other] - tapped }
        #expect(supply.findings(after: 5).contains(.neutralOnLine(line)))
        #expect(!supply.findings(after: 5).contains(.neutralMissing))
    }

    @Test func `two taps on one line`() {
        var supply = SteadySupply()
        supply.voltages[1] = supply.voltages[0] * 1.01
        #expect(supply.findings(after: 5).contains(.sameVoltage(0, 1)))
    }

    @Test(arguments: [115.0, 400]) func `voltages of another system`(volts: Double) {
        var supply = SteadySupply()
        for line in 0..<3 { supply.voltages[line] = supply.voltages[line] * (volts / 230) }
        guard case .nominalVoltageWrong(let measured, 230)? = supply.findings(after: 5).first else {
            Issue.record("\(supply.findings(after: 5))")
            return
        }
        #expect((measured / volts - 1).magnitude < 0.01)
    }

    @Test(arguments: [0.87, 1.09]) func `what EN 50160 allows is no fault`(share: Double) {
        var supply = SteadySupply()
        for line in 0..<3 { supply.voltages[line] = supply.voltages[line] * share }
        #expect(supply.findings(after: 60).isEmpty)
    }

    @Test(arguments: 0..<3) func `an open sensor shows against the neutral`(sensor: Int) {
        var supply = SteadySupply()
        supply.neutralRMS = (supply.currents[0] + supply.currents[1] + supply.currents[2]).magnitude
        #expect(supply.findings(after: 120).isEmpty)
        supply.currents[sensor] = Phasor(0.01, 0)
        #expect(supply.findings(after: 15) == [.open(sensor)])
    }

    @Test func `without the neutral a silent sensor is told as such and not as a fault`() {
        var supply = SteadySupply()
        supply.currents[1] = Phasor(0.01, 0)
        var check = SensorCheck(.init(nominalVolts: 230, mayFeedIn: false))
        for _ in 0..<400 { check.add(supply.reading) }
        #expect(check.findings().isEmpty && check.isSilent(1) && !check.isSilent(0))
        #expect(!check.mapping.isKnown && check.mapping.doubt == .loadTooSmall)
    }

    @Test func `a signal without the mains' frequency`() {
        var supply = SteadySupply()
        supply.currents[2] = Phasor(0.03, 0.02)
        supply.extraRMS[2] = 3
        #expect(supply.findings(after: 50).isEmpty)
        #expect(supply.findings(after: 70) == [.withoutMains(2)])
    }

    @Test(arguments: SensorMapping.all.dropFirst())
    func `every finding says what to do`(mapping: SensorMapping) {
        let finding = SensorFinding(kind: .misplaced(mapping), confidence: 0.9995)
        #expect(!finding.words.isEmpty && !finding.remedy.isEmpty && finding.confidenceWords == "certain")
        #expect(
            finding.channels.count
                == (0..<3).filter { mapping.line(ofSensor: $0) != $0 || mapping.isReversed($0) }.count)
    }
}

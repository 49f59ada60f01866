import Foundation
import MeterDSP
import TestSupport
import Testing

@Suite struct RobustnessTests {
    let adc = SimulatedADC(sampleRateHz: 8000)

    func bytes(_ signal: ThreePhaseSignal, seconds: Double, seed: UInt64 = 3) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return adc.frames(signal, first: 0, count: Int(seconds * adc.sampleRateHz), generator: &generator)
    }

    @Test func everyFrameIsInExactlyOneWindow() throws {
        var meter = try Meter(adc.configuration(nominalHz: 50))
        let (_, windows) = readings(&meter, bytes(ThreePhaseSignal(frequencyHz: 50.2), seconds: 3))
        #expect(windows.first?.firstFrame == 0)
        for (window, next) in zip(windows, windows.dropFirst()) {
            #expect(abs(window.firstFrame + window.frames - next.firstFrame) < 1e-6)
        }
    }

    @Test func aWindowCanBeEndedWithItsCycle() throws {
        var meter = try Meter(adc.configuration(nominalHz: 50))
        let data = bytes(ThreePhaseSignal(frequencyHz: 50.2), seconds: 2)
        let cut = 16 * 9000
        var (_, windows) = readings(&meter, Array(data[..<cut]))
        let before = windows.count
        meter.endWindowWithCycle()
        windows += readings(&meter, Array(data[cut...])).windows
        let short = windows[before]
        #expect(short.flags == .partial && short.halfCycles % 2 == 0 && short.halfCycles < 20)
        // The cycle in which it was asked for ends within a cycle, and the filter's delay.
        #expect(short.firstFrame + short.frames > 8990 && short.firstFrame + short.frames < 9000 + 240)
        #expect(windows[before + 1].halfCycles == 20 && windows[before + 1].flags.isEmpty)
        for (window, next) in zip(windows, windows.dropFirst()) {
            #expect(abs(window.firstFrame + window.frames - next.firstFrame) < 1e-6)
        }
    }

    @Test(arguments: [1, 7, 80, 320, 5000])
    func readingsDoNotDependOnTheBlockLength(_ blockFrames: Int) throws {
        let data = bytes(ThreePhaseSignal(frequencyHz: 49.7), seconds: 1)
        var whole = try Meter(adc.configuration(nominalHz: 50))
        var cut = try Meter(adc.configuration(nominalHz: 50))
        let expected = readings(&whole, data, blockFrames: data.count / 16).windows
        let got = readings(&cut, data, blockFrames: blockFrames).windows
        #expect(got.count == expected.count)
        for (a, b) in zip(got, expected) {
            #expect(a.voltageRMS == b.voltageRMS && a.activePower == b.activePower && a.frequencyHz == b.frequencyHz)
        }
    }

    @Test func halfCycleShowsAStepAfterOneHalfCycle() throws {
        // 10 A from the start, 40 A from 0.5 s on.
        let before = ThreePhaseSignal(frequencyHz: 50)
        var after = before
        after.currents[0].fundamentalRMS = 40
        var generator = SeededGenerator(seed: 1)
        var data = adc.frames(before, first: 0, count: 4000, generator: &generator)
        data += adc.frames(after, first: 4000, count: 4000, generator: &generator)
        var meter = try Meter(adc.configuration(nominalHz: 50))
        let halfCycles = readings(&meter, data).halfCycles
        let full = try #require(halfCycles.first { $0.endFrame > 4000 + 161 })
        #expect(abs(full.halfCycleCurrentRMS[0] / after.currents[0].rms - 1) < 0.02)
        let cycle = try #require(halfCycles.first { $0.endFrame > 4000 + 241 })
        #expect(abs(cycle.currentRMS[0] / after.currents[0].rms - 1) < 0.002)
    }

    @Test func rogowskiHalfCycleShowsAStepAfterOneHalfCycle() throws {
        let coils = SimulatedADC(
            sampleRateHz: 8000, amperesFullScale: 120, rogowskiSensitivity: 0.45e-6, coilOffset: 0.01)
        var signal = ThreePhaseSignal(frequencyHz: 50)
        signal.currents[0] = TestSignal(frequencyHz: 50, rms: 10, phaseDegrees: 17)
        var after = signal
        after.currents[0].fundamentalRMS = 40
        // A step where the current is zero, as a coil sees it: 50 Hz at 8000/s, phase 17°: frame 4000 − 17/360·160.
        let step = 4000 - 8
        var generator = SeededGenerator(seed: 1)
        var data = coils.frames(signal, first: 0, count: step, generator: &generator)
        data += coils.frames(after, first: step, count: 4000, generator: &generator)
        var meter = try Meter(coils.configuration(nominalHz: 50))
        let halfCycles = readings(&meter, data).halfCycles
        let full = try #require(halfCycles.first { $0.endFrame > Double(step) + 161 })
        #expect(abs(full.halfCycleCurrentRMS[0] / 40 - 1) < 0.05)
    }

    @Test func goesOnWithThePhasesThatAreLeft() throws {
        var signal = ThreePhaseSignal(frequencyHz: 50.1)
        var generator = SeededGenerator(seed: 5)
        var data = adc.frames(signal, first: 0, count: 8000, generator: &generator)
        signal.voltages[0].fundamentalRMS = 0
        signal.voltages[0].dc = 0
        data += adc.frames(signal, first: 8000, count: 8000, generator: &generator)
        var meter = try Meter(adc.configuration(nominalHz: 50))
        let last = try #require(readings(&meter, data).windows.last)
        #expect(last.flags == .phase1Lost)
        #expect(abs(try #require(last.frequencyHz) - 50.1) < 1e-3)
        #expect(abs(last.voltageRMS[1] / signal.voltages[1].rms - 1) < 1e-4)
    }

    @Test func withoutAnyVoltageTheCyclesAreVirtualAndFlagged() throws {
        var signal = ThreePhaseSignal(frequencyHz: 50)
        for phase in 0..<3 {
            signal.voltages[phase].fundamentalRMS = 0
            signal.voltages[phase].dc = 0
        }
        var meter = try Meter(adc.configuration(nominalHz: 50))
        let (halfCycles, windows) = readings(&meter, bytes(signal, seconds: 1))
        #expect(halfCycles.count >= 98)
        let last = try #require(windows.last)
        #expect(last.flags.contains(.unsynchronised))
        #expect(last.flags.contains([.phase1Lost, .phase2Lost, .phase3Lost]))
        #expect(last.frequencyHz == nil)
        #expect(abs(last.currentRMS[0] / signal.currents[0].rms - 1) < 0.01)
    }

    @Test func currentsAloneGiveCyclesToo() throws {
        var configuration = MeterConfiguration(
            sampleRateHz: 8000, nominalHz: 50,
            layout: {
                var layout = FrameLayout(frameBytes: 16)
                layout[.i2] = .init(byteOffset: 8, format: .int16)
                return layout
            }(), synchronisationThreshold: 0.5)
        configuration[calibrationOf: .i2] = .init(scale: 60.0 / 32768)
        var meter = try Meter(configuration)
        let signal = ThreePhaseSignal(frequencyHz: 50.4)
        let last = try #require(readings(&meter, bytes(signal, seconds: 1)).windows.last)
        #expect(abs(try #require(last.frequencyHz) - 50.4) < 1e-3)
        #expect(abs(last.currentRMS[1] / signal.currents[1].rms - 1) < 1e-4)
        #expect(last.currentRMS[0] == 0 && last.voltageRMS == .zero)
    }

    @Test func aGapIsFlaggedOnBothSidesAndFrameNumbersGoOn() throws {
        let signal = ThreePhaseSignal(frequencyHz: 50)
        var generator = SeededGenerator(seed: 5)
        let first = adc.frames(signal, first: 0, count: 4040, generator: &generator)
        let second = adc.frames(signal, first: 4100, count: 8000, generator: &generator)
        var meter = try Meter(adc.configuration(nominalHz: 50))
        var windows = readings(&meter, first).windows
        meter.markGap(lostFrames: 60)
        windows += readings(&meter, second).windows
        let flagged = windows.filter { $0.flags.contains(.gap) }
        #expect(flagged.count == 2)
        let ends = flagged.map { $0.firstFrame + $0.frames }
        #expect(ends.first == 4039)
        #expect(flagged.last?.firstFrame == 4100)
        #expect(windows.last?.flags == [])
        #expect(meter.nextFrame == 12100)
    }

    @Test func clippedCurrentsAreFlagged() throws {
        var signal = ThreePhaseSignal(frequencyHz: 50)
        signal.currents[2].fundamentalRMS = 50
        var meter = try Meter(adc.configuration(nominalHz: 50))
        let (halfCycles, windows) = readings(&meter, bytes(signal, seconds: 0.5))
        #expect(halfCycles.allSatisfy { $0.flags.contains(.currentClipped) })
        #expect(windows.allSatisfy { $0.flags.contains(.currentClipped) && !$0.flags.contains(.voltageClipped) })
    }

    @Test func reversedPowerCountsAsExport() throws {
        var signal = ThreePhaseSignal(frequencyHz: 50)
        signal.currents[1].phaseDegrees += 180
        var meter = try Meter(adc.configuration(nominalHz: 50))
        var register = EnergyRegister()
        var seconds = 0.0
        for window in readings(&meter, bytes(signal, seconds: 5)).windows {
            register.add(window)
            seconds += window.frames / 8000
        }
        let power = (0..<3).map { signal.voltages[$0].activePower(with: signal.currents[$0]) }
        #expect(power[1] < 0)
        // The first window starts with an open cycle: its mean power is not that of whole cycles.
        #expect(abs(register.imported[0] / (power[0] * seconds) - 1) < 3e-3)
        #expect(abs(register.exported[1] / (-power[1] * seconds) - 1) < 3e-3)
        #expect(register.imported[1] < 0.003 * power[0].magnitude * seconds)
    }

    /// Anything may come out of a broken converter; what comes out of the meter is always a number.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func noiseNeverGivesNaN(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let data = (0..<16 * 20000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for sensitivity in [nil, 0.45e-6] {
            let adc = SimulatedADC(sampleRateHz: 8000, rogowskiSensitivity: sensitivity)
            var meter = try Meter(adc.configuration(nominalHz: 50))
            let (halfCycles, windows) = readings(&meter, data, blockFrames: 33)
            #expect(halfCycles.count > 10)
            for half in halfCycles {
                for phase in 0..<3 {
                    #expect(half.halfCycleCurrentRMS[phase].isFinite && half.currentRMS[phase].isFinite)
                    #expect(half.voltageRMS[phase].isFinite && half.activePower[phase].isFinite)
                }
            }
            for window in windows {
                for phase in 0..<3 {
                    #expect(window.currentRMS[phase].isFinite && window.currentRMS[phase] >= 0)
                    #expect(window.activePower[phase].isFinite)
                }
            }
        }
    }

    @Test func rampOfFrequencyIsFollowed() throws {
        // 1 Hz per second from 48 Hz: phase = 2π(48t + ½t²).
        var generator = SeededGenerator(seed: 9)
        var data: [UInt8] = []
        for frame in 0..<32000 {
            let t = Double(frame) / 8000
            let angle = 2 * Double.pi * (48 * t + 0.5 * t * t)
            for lane in 0..<8 {
                let value = lane < 3 ? 230 * 2.0.squareRoot() / 500 * sin(angle - Double(lane) * 2 * .pi / 3) : 0
                let code = Int16((value * 32768 + generator.normal()).rounded())
                data += [UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8)]
            }
        }
        var meter = try Meter(adc.configuration(nominalHz: 50))
        for window in readings(&meter, data).windows where !window.flags.contains(.partial) {
            let middle = (window.firstFrame + window.frames / 2) / 8000
            #expect(abs(try #require(window.frequencyHz) - (48 + middle)) < 0.02)
            #expect(abs(window.voltageRMS[0] / 230 - 1) < 1e-3)
        }
    }

    @Test func configurationsThatCannotBeMeasuredAreRefused() throws {
        func configuration(_ change: (inout MeterConfiguration) -> Void) -> MeterConfiguration {
            var configuration = adc.configuration(nominalHz: 50)
            change(&configuration)
            return configuration
        }
        func failure(_ change: (inout MeterConfiguration) -> Void) -> MeterConfiguration.Failure? {
            do throws(MeterConfiguration.Failure) {
                _ = try Meter(configuration(change))
                return nil
            } catch { return error }
        }
        #expect(failure { _ in } == nil)
        #expect(failure { $0.nominalHz = 16.7 } == .nominalFrequency)
        #expect(failure { $0.sampleRateHz = .nan } == .sampleRate)
        #expect(failure { $0.sampleRateHz = 200 } == .sampleRate)
        #expect(failure { $0.layout = FrameLayout(frameBytes: 16) } == .noChannel)
        #expect(failure { $0[calibrationOf: .i1].scale = 0 } == .calibration(.i1))
        #expect(failure { $0[calibrationOf: .u2].offset = .infinity } == .calibration(.u2))
        #expect(failure { $0[calibrationOf: .i3].sensor = .rogowski(voltsPerAmpereHertz: 0) } == .calibration(.i3))
        #expect(failure { $0.synchronisationThreshold = -1 } == .synchronisationThreshold)
    }
}

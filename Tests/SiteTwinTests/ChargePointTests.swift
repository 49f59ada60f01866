import Testing

@testable import SiteTwin

@Suite("Stations on a virtual clock")
struct ChargePointTests {
    private let second: Int64 = 1_000_000_000

    /// Two stations, ABB at 0 and generic at 1, each with a car that charges after 20 s.
    private func running() -> PlantState {
        var options = quietOptions(stations: 2)
        options.firstArrivalSeconds = 1...2
        var state = PlantState(options: options)
        state.start(at: 0)
        state.publish(until: 20 * second)
        return state
    }

    private func read(_ state: inout PlantState, _ station: Int, _ address: Int, _ count: Int, at seconds: Int64)
        -> [UInt16]?
    {
        state.publish(until: seconds * second)
        return try? state.answer(
            ModbusRequest(unit: 1, address: address, body: .read(count: count)), station: station,
            nanoseconds: seconds * second
        ).get()
    }

    private func write(
        _ state: inout PlantState, _ station: Int, _ address: Int, _ values: [UInt16], isSingle: Bool = false,
        at seconds: Int64
    ) -> ModbusException? {
        state.publish(until: seconds * second)
        let answer = state.answer(
            ModbusRequest(unit: 1, address: address, body: .write(values: values, isSingle: isSingle)),
            station: station, nanoseconds: seconds * second)
        if case .failure(let exception) = answer { return exception }
        return nil
    }

    @Test("ABB: without contact for its time-out it goes to its fall-back limit, and back with the next request")
    func abbFallBack() {
        var state = running()
        #expect(write(&state, 0, 0x4106, [10], isSingle: true, at: 20) == nil)
        #expect(write(&state, 0, 0x4109, [8], isSingle: true, at: 20) == nil)
        #expect(read(&state, 0, 0x4020, 5, at: 21) == [10, 0, 0, 32_000, 8])
        state.publish(until: 30 * second)
        #expect(state.observation.stations[0].activeAmperes == 32)
        state.publish(until: 32 * second)
        #expect(state.observation.stations[0].activeAmperes == 8)
        state.publish(until: 40 * second)
        #expect(state.observation.stations[0].carAmperes == 8)
        #expect(read(&state, 0, 0x400E, 2, at: 40) == [0, 32_000])
    }

    @Test("ABB: without a fall-back limit it stops the session with error 0x4000 until a limit of 6 A and more")
    func abbStops() {
        var state = running()
        #expect(write(&state, 0, 0x4106, [10], isSingle: true, at: 20) == nil)
        #expect(read(&state, 0, 0x4024, 1, at: 20) == [0xFF])
        state.publish(until: 40 * second)
        #expect(state.observation.stations[0].carAmperes == 0)
        #expect(read(&state, 0, 0x4008, 2, at: 40) == [0, 0x4000])
        #expect(read(&state, 0, 0x400C, 2, at: 40) == [0, 5 << 8])
        #expect(read(&state, 0, 0x400A, 2, at: 40) == [0, 0x0111])
        #expect(write(&state, 0, 0x4100, [0, 16_000], at: 41) == nil)
        #expect(read(&state, 0, 0x4008, 2, at: 42) == [0, 0])
        // Read every 5 s: the watchdog is at 10 s.
        for time in stride(from: 45, through: 60, by: 5) { _ = read(&state, 0, 0x4008, 2, at: Int64(time)) }
        #expect(state.observation.stations[0].carAmperes == 16)
    }

    @Test("ABB: a limit below 6 A pauses, a higher one resumes; state and currents tell")
    func abbPause() {
        var state = running()
        #expect(read(&state, 0, 0x400C, 2, at: 20) == [0, 4 << 8])
        #expect(read(&state, 0, 0x4010, 6, at: 20) == [0, 32_000, 0, 32_000, 0, 32_000])
        #expect(write(&state, 0, 0x4100, [0, 5999], at: 20) == nil)
        #expect(read(&state, 0, 0x400C, 2, at: 27) == [0, 3 << 8])
        #expect(read(&state, 0, 0x4010, 6, at: 27) == [0, 0, 0, 0, 0, 0])
        #expect(read(&state, 0, 0x4022, 2, at: 27) == [0, 5999])
        #expect(write(&state, 0, 0x4100, [0, 6000], at: 28) == nil)
        #expect(read(&state, 0, 0x4010, 2, at: 42) == [0, 6000])
    }

    @Test("ABB: bit 7 of the state tells that the car draws less than it may")
    func abbBelowLimit() {
        var state = running()
        state.model.chargePoints[0].receiveLimit(10, nanoseconds: 0)
        // A second later the car, at its old 32 A or on its way, is not below; at 6 s it draws all it may.
        #expect(read(&state, 0, 0x400C, 2, at: 26) == [0, 4 << 8])
        state.model.chargePoints[0].receiveLimit(20, nanoseconds: 0)
        #expect(read(&state, 0, 0x400C, 2, at: 26) == [0, 0x84 << 8])
    }

    @Test(
        "ABB: what it does not have, or not in that form, is refused with the right exception",
        arguments: [
            (ModbusRequest(unit: 1, address: 0x3FFF, body: .read(count: 2)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 0x4024, body: .read(count: 2)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 0x4100, body: .read(count: 2)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 0x4100, body: .write(values: [6000], isSingle: true)), .illegalValue),
            (ModbusRequest(unit: 1, address: 0x4100, body: .write(values: [0], isSingle: false)), .illegalValue),
            (ModbusRequest(unit: 1, address: 0x400E, body: .write(values: [0, 1], isSingle: false)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 0x4106, body: .write(values: [9], isSingle: true)), .illegalValue),
            (ModbusRequest(unit: 1, address: 0x4000, body: .unknown(function: 4)), .illegalFunction),
            (ModbusRequest(unit: 1, address: 0x4000, body: .read(count: 0)), .illegalValue),
            (ModbusRequest(unit: 7, address: 0x4000, body: .read(count: 2)), .noSuchUnit),
        ] as [(ModbusRequest, ModbusException)])
    func abbRefuses(request: ModbusRequest, exception: ModbusException) {
        var state = running()
        #expect(state.answer(request, station: 0, nanoseconds: 20 * second) == .failure(exception))
    }

    @Test("Generic: limit, read-back, currents, status and energy")
    func generic() throws {
        var state = running()
        #expect(read(&state, 1, 0, 4, at: 20) == [2, 160, 160, 160])
        #expect(write(&state, 1, 10, [105], isSingle: true, at: 20) == nil)
        #expect(read(&state, 1, 10, 2, at: 20) == [105, 105])
        #expect(read(&state, 1, 0, 4, at: 27) == [2, 105, 105, 105])
        let energy = try #require(read(&state, 1, 30, 2, at: 27))
        // Some 13 s of 11 kW at most.
        #expect(energy[0] == 0)
        #expect((10...60).contains(energy[1]))
        #expect(write(&state, 1, 10, [59], isSingle: true, at: 28) == nil)
        #expect(read(&state, 1, 0, 4, at: 35) == [1, 0, 0, 0])
    }

    @Test("Generic: the fail-safe current acts after the fail-safe time-out; 0 switches the watchdog off")
    func genericWatchdog() {
        var state = running()
        #expect(read(&state, 1, 20, 2, at: 20) == [6, 60])
        #expect(write(&state, 1, 20, [9, 5], at: 20) == nil)
        state.publish(until: 26 * second)
        #expect(state.observation.stations[1].activeAmperes == 9)
        #expect(write(&state, 1, 21, [0], isSingle: true, at: 27) == nil)
        state.publish(until: 300 * second)
        #expect(state.observation.stations[1].activeAmperes == 32)
    }

    @Test(
        "Generic: other addresses and values are refused, and a refused write changes nothing",
        arguments: [
            (ModbusRequest(unit: 1, address: 4, body: .read(count: 1)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 0, body: .read(count: 11)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 0, body: .write(values: [1], isSingle: true)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 10, body: .write(values: [60, 60], isSingle: false)), .illegalAddress),
            (ModbusRequest(unit: 1, address: 20, body: .write(values: [33], isSingle: true)), .illegalValue),
            (ModbusRequest(unit: 1, address: 0, body: .unknown(function: 4)), .illegalFunction),
            (ModbusRequest(unit: 255, address: 0, body: .read(count: 1)), .noSuchUnit),
        ] as [(ModbusRequest, ModbusException)])
    func genericRefuses(request: ModbusRequest, exception: ModbusException) {
        var state = running()
        #expect(state.answer(request, station: 1, nanoseconds: 20 * second) == .failure(exception))
        #expect(read(&state, 1, 10, 1, at: 20) == [320])
        #expect(read(&state, 1, 20, 2, at: 20) == [6, 60])
    }

    @Test("A station that nobody has spoken to yet charges at its maximum: the watchdog is not armed")
    func unarmed() {
        var state = running()
        state.publish(until: 120 * second)
        #expect(state.observation.stations.map(\.activeAmperes) == [32, 32])
        #expect(state.observation.stations.map(\.carAmperes) == [32, 16])
    }

    @Test("A station that ignores limits reads them back and goes on as before")
    func ignores() {
        var state = running()
        state.model.chargePoints[1].ignoresLimits = true
        #expect(write(&state, 1, 10, [60], isSingle: true, at: 20) == nil)
        #expect(read(&state, 1, 10, 1, at: 30) == [60])
        #expect(state.observation.stations[1].carAmperes == 16)
    }

    @Test("The list of received limits stays bounded and keeps the newest")
    func boundedList() throws {
        var state = running()
        for value in 0..<10_000 { state.model.chargePoints[0].receiveLimit(Double(value), nanoseconds: Int64(value)) }
        let limits = state.observation.stations[0].receivedLimits
        #expect(limits.count <= 4096)
        #expect(limits.last == ReceivedLimit(nanoseconds: 9999, amperes: 9999))
    }
}

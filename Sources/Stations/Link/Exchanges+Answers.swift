import Glibc
import Realtime

/// What comes in, matched to what was asked.
extension Exchanges {
    /// Waits for bytes or the signal, and sorts what has come.
    ///
    /// - Returns: true where there was the signal, which is taken.
    func step(until end: Int64, listensToWake: Bool = true) throws(LinkFailure) -> Bool {
        let descriptor = try withLink { $0.descriptor }
        let wake = listensToWake ? attention.wake : nil
        let ready = Descriptors.wait(for: descriptor, CInt(POLLIN), wake: wake, until: end)
        if ready.isReady {
            try withLink { link throws(LinkFailure) in try link.receive() }
            try sort()
        }
        if ready.isWoken { wake?.take() }
        return ready.isWoken
    }

    private func sort() throws(LinkFailure) {
        while true {
            let frame: ModbusFrame?
            do throws(FrameFault) {
                frame = try nextFrame()
            } catch {
                try disturbed(error.text)
                return
            }
            guard let frame else { return }
            quietSince = MonotonicClock.nanoseconds()
            if isNumbered { try takeNumbered(frame) } else { takeUnnumbered(frame) }
        }
    }

    private func nextFrame() throws(FrameFault) -> ModbusFrame? {
        switch medium {
        case .own(let port): try port.link.nextFrame()
        case .shared(let line, _): try line.port?.link.nextFrame()
        }
    }

    private func takeNumbered(_ frame: ModbusFrame) throws(LinkFailure) {
        guard let index = pending.firstIndex(where: { $0.number == frame.transaction && $0.result == nil }) else {
            strayCount += 1
            return
        }
        if pending[index].isGivenUp {
            pending.remove(at: index)
            strayCount += 1
            return
        }
        guard frame.unit == unit || settings.anyUnit else {
            throw LinkFailure(cause: .malformed("it comes from unit \(frame.unit)"))
        }
        switch Self.decoded(pending[index].request, frame.pdu) {
        case .success(let words): pending[index].result = .success(words)
        case .failure(.exception(let exception)):
            pending[index].result = .failure(LinkFailure(cause: .exception(exception)))
        case .failure(.malformed(let text)): throw LinkFailure(cause: .malformed(text))
        }
    }

    /// On a line without numbers what does not fit may be a late answer to something else: it is passed over.
    private func takeUnnumbered(_ frame: ModbusFrame) {
        guard let index = pending.firstIndex(where: { $0.result == nil && !$0.isGivenUp }) else {
            strayCount += 1
            return
        }
        guard frame.unit == unit || settings.anyUnit else {
            strayCount += 1
            pending[index].disturbance = "it comes from unit \(frame.unit)"
            return
        }
        switch Self.decoded(pending[index].request, frame.pdu) {
        case .success(let words): pending[index].result = .success(words)
        case .failure(.exception(let exception)):
            pending[index].result = .failure(LinkFailure(cause: .exception(exception)))
        case .failure(.malformed(let text)):
            strayCount += 1
            pending[index].disturbance = text
        }
    }

    private static func decoded(_ request: ModbusRequest, _ pdu: [UInt8]) -> Result<[UInt16], AnswerFault> {
        do throws(AnswerFault) { return .success(try request.decode(pdu)) } catch { return .failure(error) }
    }

    /// What came is no frame. On a numbered connection that is its end; a serial line is flushed until it is silent.
    private func disturbed(_ text: String) throws(LinkFailure) {
        if !isNumbered {
            let deadline = MonotonicClock.nanoseconds() + timeout
            let isSilent = try withLink { link throws(LinkFailure) in try link.flush(until: deadline) }
            if !isSilent { unsettle() }
        }
        throw LinkFailure(cause: .malformed(text))
    }
}

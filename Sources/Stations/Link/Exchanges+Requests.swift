import Realtime

/// Sending, waiting, giving up.
extension Exchanges {
    func begin(_ request: ModbusRequest, isLimit: Bool) throws(ModbusError) -> UInt16? {
        do throws(LinkFailure) {
            guard try takeTurn(isUrgent: isLimit) else {
                guard MonotonicClock.nanoseconds() < attention.latest() else { throw LinkFailure(cause: .timedOut) }
                return nil
            }
            let now = MonotonicClock.nanoseconds()
            forget(now)
            // What was given up and not answered still makes the station silent.
            if !pending.contains(where: { $0.result == nil }) { quietSince = now }
            lastNumber &+= 1
            let number = lastNumber, unit = unit, deadline = now + timeout
            try withLink { link throws(LinkFailure) in
                try link.send(request, unit: unit, transaction: number, until: deadline)
            }
            pending.append(
                Pending(number: number, request: request, isLimit: isLimit, deadline: deadline, sentAt: now))
            return number
        } catch {
            giveTurn()
            throw self.error(error.cause, request.action)
        }
    }

    func wait(for number: UInt16, until: Int64) throws(ModbusError) -> ModbusConnection.Outcome {
        while true {
            guard let index = pending.firstIndex(where: { $0.number == number }) else {
                throw error(.timedOut, "wait for an answer")
            }
            let now = MonotonicClock.nanoseconds()
            let item = pending[index]
            if let result = item.result { return .answer(try finish(index, result)) }
            let end = min(item.deadline, quietSince == .max ? .max : quietSince + timeout, attention.latest())
            guard now < end else {
                unsettle()
                let cause = item.disturbance.map { ModbusError.Cause.malformed($0) } ?? .timedOut
                return .answer(try finish(index, .failure(LinkFailure(cause: cause))))
            }
            do throws(LinkFailure) {
                if try step(until: min(end, until)) { return .woken }
            } catch {
                throw failed(number, error)
            }
            if MonotonicClock.nanoseconds() >= until, until < end { return .due }
        }
    }

    func giveUp(_ number: UInt16) throws(ModbusError) -> [UInt16]? {
        guard let index = pending.firstIndex(where: { $0.number == number }) else { return nil }
        if let result = pending[index].result { return try finish(index, result) }
        if isNumbered {
            pending[index].isGivenUp = true
            return nil
        }
        let late = pending[index]
        // An answer that has begun is let come to its end; one that has not, nobody knows whether it comes.
        var end = max(MonotonicClock.nanoseconds(), late.sentAt + RTUTiming.patience)
        while MonotonicClock.nanoseconds() < min(end, late.deadline) {
            do throws(LinkFailure) {
                if let rest = try withLink({ $0.hasBegunFrame ? $0.restOfFrame : nil }) {
                    end = max(end, MonotonicClock.nanoseconds() + rest)
                }
                _ = try step(until: min(end, late.deadline), listensToWake: false)
            } catch {
                throw failed(number, error)
            }
            if let result = pending[index].result { return try finish(index, result) }
        }
        pending[index].isGivenUp = true
        unsettle()
        giveTurn()
        return nil
    }

    /// Takes a request off the list with which the connection failed.
    private func failed(_ number: UInt16, _ failure: LinkFailure) -> ModbusError {
        let index = pending.firstIndex { $0.number == number }
        let action = index.map { pending.remove(at: $0).request.action } ?? "wait for an answer"
        giveTurn()
        return error(failure.cause, action)
    }

    /// Takes a request off the list.
    private func finish(_ index: Int, _ result: Result<[UInt16], LinkFailure>) throws(ModbusError) -> [UInt16] {
        let item = pending.remove(at: index)
        giveTurn()
        switch result {
        case .success(let words): return words
        case .failure(let failure): throw error(failure.cause, item.request.action)
        }
    }
}

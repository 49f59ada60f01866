import Glibc
import Realtime

/// One accepted connection as its own thread sees it: every wait ends when another thread signals `wake`.
struct Wire: ~Copyable {
    enum Failure: Error {
        /// The peer has gone or the connection is broken.
        case closed
        /// `wake` was signalled and `isWanted` says no.
        case unwanted
    }

    private let descriptor: CInt
    private let wake: WakeUp
    private let isWanted: @Sendable () -> Bool
    private var buffer: [UInt8] = []
    private var start = 0
    private var chunk = [UInt8](repeating: 0, count: 4096)

    /// The caller closes `descriptor`.
    init(descriptor: CInt, wake: WakeUp, isWanted: @escaping @Sendable () -> Bool) {
        self.descriptor = descriptor
        self.wake = wake
        self.isWanted = isWanted
    }

    /// The next line without its end. A line longer than 1000 bytes ends the connection.
    mutating func readLine() throws(Failure) -> String {
        while true {
            if let end = buffer[start...].firstIndex(of: UInt8(ascii: "\n")) {
                var line = buffer[start..<end]
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                let text = String(decoding: line, as: UTF8.self)
                start = end + 1
                return text
            }
            guard buffer.count - start <= 1000 else { throw .closed }
            try fill()
        }
    }

    /// The next `count` bytes as they are.
    mutating func read(count: Int) throws(Failure) -> [UInt8] {
        while buffer.count - start < count { try fill() }
        let bytes = Array(buffer[start..<start + count])
        start += count
        return bytes
    }

    /// Sends everything; waits while the peer does not take it.
    mutating func send(_ bytes: [UInt8]) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes { bytes in
                Glibc.send(
                    descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if sent > 0 {
                done += sent
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT))
            } else if errno != EINTR {
                throw .closed
            }
        }
    }

    /// Sleeps until the monotonic clock shows `deadline`.
    func sleep(until deadline: Int64) throws(Failure) {
        while MonotonicClock.nanoseconds() < deadline {
            wake.wait(until: deadline)
            guard isWanted() else { throw .unwanted }
        }
    }

    private mutating func fill() throws(Failure) {
        buffer.removeFirst(start)
        start = 0
        while true {
            let received = chunk.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            if received > 0 {
                buffer.append(contentsOf: chunk[..<received])
                return
            }
            if received == 0 { throw .closed }
            if errno == EAGAIN {
                try wait(for: Int16(POLLIN))
            } else if errno != EINTR {
                throw .closed
            }
        }
    }

    private func wait(for events: Int16) throws(Failure) {
        guard isWanted() else { throw .unwanted }
        var items = [
            pollfd(fd: descriptor, events: events, revents: 0),
            pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&items, 2, -1)
        if items[1].revents != 0 { wake.wait(until: 0) }
        guard isWanted() else { throw .unwanted }
    }
}

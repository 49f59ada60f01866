import CRealtime
import Glibc

/// A thread of its own with a name and, where wanted and allowed, real-time scheduling.
public final class RealtimeThread: @unchecked Sendable {
    // Sendable because `handle` is written once, before the value leaves `init`, and `join` is guarded by `joined`.
    private var handle = pthread_t()

    /// How the thread is scheduled.
    public struct Scheduling: Sendable {
        /// SCHED_FIFO priority, 1 to 99; nil: the normal scheduler.
        public var fifoPriority: Int32?
        /// The processor it stays on, counted from 0; nil: any.
        public var cpu: Int32?
        /// Locks the process's memory and touches this much stack first; nil: neither.
        public var lockedStackBytes: Int64?

        public init(fifoPriority: Int32? = nil, cpu: Int32? = nil, lockedStackBytes: Int64? = nil) {
            self.fifoPriority = fifoPriority
            self.cpu = cpu
            self.lockedStackBytes = lockedStackBytes
        }

        /// The normal scheduler on any processor.
        public static let normal = Scheduling()
    }

    private final class Start {
        let name: String
        let scheduling: Scheduling
        let body: @Sendable ([String]) -> Void
        init(name: String, scheduling: Scheduling, body: @escaping @Sendable ([String]) -> Void) {
            self.name = name
            self.scheduling = scheduling
            self.body = body
        }
    }

    /// Starts `body` on a new thread. It is given the warnings that setting up its scheduling caused: a missing
    /// right never stops the program.
    ///
    /// - Returns: nil where the system has no thread left.
    public init?(
        name: String, scheduling: Scheduling = .normal, stackBytes: Int = 512 * 1024,
        body: @escaping @Sendable (_ warnings: [String]) -> Void
    ) {
        let start = Unmanaged.passRetained(Start(name: name, scheduling: scheduling, body: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackBytes)
        defer { pthread_attr_destroy(&attributes) }
        let failed = pthread_create(
            &handle, &attributes,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                start.body(RealtimeThread.apply(start.scheduling, name: start.name))
                return nil
            }, start.toOpaque())
        if failed != 0 {
            start.release()
            return nil
        }
    }

    /// Waits until the thread's body has returned. Call once.
    public func join() { pthread_join(handle, nil) }

    private static func apply(_ scheduling: Scheduling, name: String) -> [String] {
        var warnings: [String] = []
        _ = crealtime_name_thread(name)
        func check(_ result: CInt, _ what: String, _ remedy: String) {
            if result != 0 { warnings.append("\(what): \(String(cString: strerror(-result))); \(remedy)") }
        }
        if let stack = scheduling.lockedStackBytes {
            check(
                crealtime_lock_memory(stack), "memory is not locked",
                "run as root or set LimitMEMLOCK=infinity in the service")
        }
        if let cpu = scheduling.cpu {
            check(
                crealtime_pin_to_cpu(cpu), "not bound to processor \(cpu)", "choose a processor that this machine has")
        }
        if let priority = scheduling.fifoPriority {
            check(
                crealtime_set_fifo(priority), "normal instead of real-time scheduling",
                "run as root or set LimitRTPRIO=80 in the service")
        }
        return warnings
    }
}

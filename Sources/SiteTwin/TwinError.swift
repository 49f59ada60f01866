import Glibc

/// Why the twin could not be made or started: what, and what to do about it.
public enum TwinError: Error, CustomStringConvertible, Equatable {
    /// An option lies outside its range.
    case invalidOption(name: String, value: String, allowed: String)
    /// The system refused a socket on the loopback interface.
    case socket(operation: String, port: Int, errorNumber: CInt)
    /// No thread could be started.
    case thread(name: String)
    /// The process has no file descriptor left.
    case descriptor(purpose: String)
    /// A station's profile cannot be simulated.
    case profile(_ identifier: String, problem: String, remedy: String)
    /// `start` was called a second time, or after `stop`.
    case alreadyStarted

    public var description: String {
        switch self {
        case .invalidOption(let name, let value, let allowed):
            "twin option \(name): \(value) is out of range; give \(allowed)"
        case .socket(let operation, let port, let number):
            "twin on 127.0.0.1 port \(port): \(operation): \(String(cString: strerror(number)));"
                + " free descriptors and check that the loopback interface is up"
        case .thread(let name):
            "twin thread \(name): not started; lower the station count or raise the limit of threads (ulimit -u)"
        case .descriptor(let purpose):
            "twin \(purpose): no file descriptor left; raise the limit of open files (ulimit -n)"
        case .profile(let identifier, let problem, let remedy):
            "twin station with profile \(identifier): \(problem); \(remedy)"
        case .alreadyStarted:
            "twin: started before; make a new one for each run"
        }
    }
}

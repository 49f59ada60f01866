import Glibc

/// Speaks to systemd (sd_notify): the device runs, lives, ends. Says nothing where no service manager asks.
enum ServiceManager {
    static func tellReady() { tell("READY=1") }
    /// The watchdog's food. To be called only while the measuring thread lives.
    static func tellAlive() { tell("WATCHDOG=1") }
    static func tellStopping() { tell("STOPPING=1") }

    /// One datagram to the socket that NOTIFY_SOCKET names: a path, or with `@` a name of the abstract kind.
    private static func tell(_ message: String) {
        guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }),
            path.hasPrefix("/") || path.hasPrefix("@")
        else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, message, message.utf8.count, CInt(MSG_NOSIGNAL), address, length)
            }
        }
    }
}

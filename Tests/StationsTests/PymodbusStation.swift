import Glibc

/// A station in a process of its own, on pymodbus.
final class PymodbusStation {
    static let python = "/usr/bin/python3"
    static let isInstalled = runs("from pymodbus.server import StartAsyncTcpServer")
    /// It needs the serial packages besides.
    static let hasSerial = runs(
        "import serial, serial_asyncio; from pymodbus.server import StartAsyncSerialServer")

    private static func runs(_ program: String) -> Bool {
        guard let child = try? spawn([python, "-c", program]) else { return false }
        return wait(for: child) == 0
    }

    let port: Int
    private let child: pid_t

    /// - Parameter device: of a serial line; nil: it is reached by TCP on `port`.
    init(_ kind: String, transport: String = "tcp", device: String? = nil) throws {
        port = device == nil ? try unusedPort() : 0
        child = try spawn([Self.python, fixturePath("pymodbus_station.py"), kind, device ?? String(port), transport])
    }

    func stop() {
        kill(child, SIGKILL)
        _ = wait(for: child)
    }
}

/// Starts a program whose words go nowhere.
private func spawn(_ words: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    let failed = posix_spawn(&child, words[0], &actions, nil, &arguments, environ)
    guard failed == 0 else { throw SystemError(text: "cannot start \(words[0]): \(String(cString: strerror(failed)))") }
    return child
}

/// The status with which a child ended.
private func wait(for child: pid_t) -> CInt {
    var status: CInt = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
}

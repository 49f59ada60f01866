import Foundation
import Glibc
import Testing

/// What the service manager (systemd) is told: `sd_notify`.
struct ServiceTests {
    /// A socket as a service manager has it.
    private final class Manager {
        let path: String
        private let descriptor: CInt
        private(set) var messages: [String] = []

        init(_ path: String) throws {
            self.path = path
            descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            try #require(bound == 0, "\(String(cString: strerror(errno)))")
        }

        deinit { close(descriptor) }

        /// Takes what has come.
        func look() {
            var part = [UInt8](repeating: 0, count: 1024)
            while true {
                let count = recv(descriptor, &part, part.count, CInt(MSG_DONTWAIT))
                guard count > 0 else { return }
                messages += String(decoding: part[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
    }

    @Test("ready only when the ADC has answered, alive while the measuring thread is, stopping before it stops")
    func notifies() throws {
        let folder = try TemporaryFolder()
        let twin = try HeadroomProcess([
            "twin", "--write-config", folder.path("site.yaml"), "--rate", "4000", "--stations", "1",
        ])
        defer { twin.send(SIGTERM) }
        #expect(twin.wait { folder.text("site.yaml").hasSuffix("\n") })
        let manager = try Manager(folder.path("notify"))
        let device = try HeadroomProcess(
            ["run", "--config", folder.path("site.yaml")], environment: ["NOTIFY_SOCKET": manager.path])
        #expect(
            device.wait {
                manager.look()
                return manager.messages.count { $0 == "WATCHDOG=1" } >= 3
            }, "\(manager.messages) \(device.errors)")
        #expect(manager.messages.contains("READY=1"))
        device.send(SIGTERM)
        #expect(device.outcome().code == 0)
        manager.look()
        #expect(manager.messages.count { $0 == "STOPPING=1" } == 1)
    }

    @Test("never ready without an ADC: the service manager then tries again")
    func notReady() throws {
        let folder = try TemporaryFolder()
        let twin = try HeadroomProcess(["twin", "--write-config", folder.path("site.yaml"), "--stations", "1"])
        #expect(twin.wait { folder.text("site.yaml").hasSuffix("\n") })
        twin.send(SIGTERM)
        #expect(twin.outcome().code == 0)
        let manager = try Manager(folder.path("notify"))
        let device = try HeadroomProcess(
            ["run", "--config", folder.path("site.yaml")], environment: ["NOTIFY_SOCKET": manager.path])
        #expect(device.outcome().code == 1)
        manager.look()
        #expect(manager.messages.isEmpty, "\(manager.messages)")
    }
}

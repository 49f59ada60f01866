import Glibc
import Testing

@testable import CloudStations

/// Where user name and password come from, and that nobody sees them.
@Suite struct CredentialTests {
    @Test(
        "A credentials file is read as written",
        arguments: [
            ("username: a@b.c\npassword: x y#z\n", "a@b.c", "x y#z"), ("password:p\r\nusername:u", "u", "p"),
            ("# portal\n\nusername: \"u\"\npassword: \" p \"\n", "u", " p "),
            ("username: u:v\npassword: \"\n", "u:v", "\""),
        ])
    func file(_ text: String, _ username: String, _ password: String) throws {
        let file = try CredentialFile(text)
        let found = try CredentialSource.file(file.path).read()
        #expect(found.username.revealed == username)
        #expect(found.password.revealed == password)
        #expect(CredentialSource.file(file.path).problem() == nil)
    }

    @Test(
        "A file that cannot be used is told without what stands in it",
        arguments: [
            ("topsecret", "1: no colon"), ("topsecret: x", "1: neither username nor password"),
            ("username: topsecret", "password is missing"), ("password: topsecret", "username is missing"),
            ("username: topsecret\nusername: topsecret", "2: username twice"),
            ("username:\npassword: topsecret", "1: username is empty"),
            (String(repeating: "topsecret", count: 1000), "no text of up to 4096 bytes"), ("", "username is missing"),
        ])
    func damaged(_ text: String, _ words: String) throws {
        let file = try CredentialFile(text)
        let problem = try #require(CredentialSource.file(file.path).problem())
        #expect(problem.contains(words))
        #expect(!problem.contains("topsecret"))
        #expect(problem.contains(file.path))
    }

    @Test("A file that others may read is refused", arguments: [0o644, 0o640, 0o604, 0o660] as [mode_t])
    func mode(_ mode: mode_t) throws {
        let file = try CredentialFile("username: u\npassword: p", mode: mode)
        #expect(CredentialSource.file(file.path).problem()?.contains("chmod 600 \(file.path)") == true)
    }

    @Test("What is no file is told", arguments: ["/", "/dev/zero", "/nowhere/at/all"])
    func noFile(_ path: String) { #expect(CredentialSource.file(path).problem()?.contains(path) == true) }

    @Test func environmentVariablesAreRead() throws {
        setenv("HEADROOM_TEST_USERNAME", "u", 1)
        setenv("HEADROOM_TEST_PASSWORD", "p", 1)
        let found = try CredentialSource.environment(prefix: "HEADROOM_TEST").read()
        #expect(found.username.revealed == "u")
        #expect(found.password.revealed == "p")
        #expect(
            CredentialSource.environment(prefix: "HEADROOM_NONE").problem()?.contains("HEADROOM_NONE_USERNAME") == true)
    }

    @Test(
        "Settings name a path or an environment prefix",
        arguments: [
            ("/etc/headroom/zaptec", "/etc/headroom/zaptec"), ("env:ZAPTEC", "env:ZAPTEC"), ("relative", nil),
            ("env:", nil),
            ("env:1A", nil), ("env:a=b", nil), ("", nil), ("~/x", nil),
        ] as [(String, String?)])
    func source(_ text: String, _ description: String?) {
        #expect(CredentialSource(text)?.description == description)
    }

    @Test func aSecretShowsNowhere() {
        let secret = Secret("topsecret")
        var dumped = ""
        dump(Credentials(username: secret, password: secret), to: &dumped)
        let shown = "\(secret) \(String(reflecting: secret)) \(String(describing: [secret])) \(dumped)"
        #expect(!shown.contains("topsecret"))
    }

    @Test(
        "Form encoding leaves only what a form may hold",
        arguments: [
            ("a b&c=d%+", "a%20b%26c%3Dd%25%2B"), ("ü", "%C3%BC"), ("A-z.0_~", "A-z.0_~"), ("\n", "%0A"),
        ])
    func form(_ text: String, _ encoded: String) { #expect(LoginScheme.formEncoded(text) == encoded) }

    @Test("A token that could break out of its header is refused", arguments: ["", "a b", "a\r\nX: y", "ü"])
    func token(_ text: String) { #expect(throws: CloudError.self) { try Token(text, seconds: 1) } }
}

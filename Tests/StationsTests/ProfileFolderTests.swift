import Glibc
import StrictYAML
import Testing

@testable import Stations

/// A folder that goes with the test.
private struct Folder: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/headroom-profiles-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError(text: "no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func write(_ name: String, _ text: String) throws {
        let file = try #require(fopen("\(path)/\(name)", "w"))
        fputs(text, file)
        fclose(file)
    }

    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    let name = String(cString: $0)
                    if name != ".", name != ".." { unlink("\(path)/\(name)") }
                }
            }
        }
        closedir(directory)
        rmdir(path)
    }
}

@Suite struct ProfileFolderTests {
    @Test("each *.yaml of a folder is a profile, in the order of the names; other files are left alone")
    func reads() throws {
        let folder = try Folder()
        try folder.write("b.yaml", profileText(["profile": "mine-b"]))
        try folder.write("a.yaml", profileText(["profile": "mine-a"]))
        try folder.write("README.md", "no profile")
        try folder.write(".hidden.yaml", "no profile")
        #expect(try StationProfile.profiles(inFolder: folder.path).map(\.identifier) == ["mine-a", "mine-b"])
    }

    @Test("an empty folder is no error, one that is not there is")
    func empty() throws {
        let folder = try Folder()
        #expect(try StationProfile.profiles(inFolder: folder.path).isEmpty)
        let error = #expect(throws: YAMLError.self) {
            _ = try StationProfile.profiles(inFolder: folder.path + "/nowhere")
        }
        #expect(error?.description.contains("/nowhere: cannot be read (No such file or directory)") == true)
    }

    @Test("a broken file is named, with its line")
    func broken() throws {
        let folder = try Folder()
        try folder.write("bad.yaml", "profile: bad\nnonsense: 1\n")
        let error = #expect(throws: YAMLError.self) { _ = try StationProfile.profiles(inFolder: folder.path) }
        #expect(error?.file == folder.path + "/bad.yaml" && error?.line == 2)
    }

    @Test("no file replaces a built-in profile or another file", arguments: ["generic-modbus", "mine"])
    func taken(identifier: String) throws {
        let folder = try Folder()
        try folder.write("1.yaml", profileText(["profile": "mine"]))
        try folder.write("2.yaml", profileText(["profile": identifier]))
        let error = #expect(throws: YAMLError.self) { _ = try StationProfile.profiles(inFolder: folder.path) }
        #expect(error?.file == folder.path + "/2.yaml" && error?.problem.contains("'\(identifier)'") == true)
    }

    @Test("what is much longer than a profile is not read to its end")
    func endless() throws {
        let folder = try Folder()
        symlink("/dev/zero", folder.path + "/zero.yaml")
        let error = #expect(throws: YAMLError.self) { _ = try StationProfile.profiles(inFolder: folder.path) }
        #expect(error?.problem.contains("longer than") == true)
    }
}

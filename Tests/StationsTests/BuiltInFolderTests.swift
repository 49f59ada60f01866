import Foundation
import StrictYAML
import Testing

@testable import Stations

/// The files of the folder Profiles as they lie there: what is wrong with one names its line, before it is built in.
@Suite struct BuiltInFolderTests {
    static let folder = URL(filePath: #filePath).appending(path: "../../../Sources/Stations/Profiles").standardized
    static let files: [String] = {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return all.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test("a profile says what an installer and a reader need", arguments: files)
    func complete(file: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        let profile = try StationProfile.parse(yaml: text, file: file)
        #expect(profile.identifier + ".yaml" == file)
        #expect(!profile.sources.isEmpty && profile.advice.count > 100)
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 })
        #expect(profile.minimumAmperes >= 6 && profile.largestAmperes <= 80)
        for rule in profile.statusRules where rule.status == .free { #expect(rule.words != "charging") }
    }

    @Test("nothing that a profile writes again and again is in permanent memory", arguments: files)
    func wear(file: String) throws {
        let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        for profile in try StationProfile.parse(yaml: text, file: file).all {
            let cyclic = profile.limit.registers + [profile.keepAlive?.sign.value?.register].compactMap(\.self)
            #expect(cyclic.allSatisfy { !profile.registers[$0].isStored })
        }
    }
}

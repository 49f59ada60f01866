// swift-tools-version: 6.2
import PackageDescription

let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]
// The rooms that decide about a building's fuse carry every unsafe step with a mark that a reader can search for.
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

let package = Package(
    name: "Headroom",
    products: [
        .library(name: "MeterDSP", targets: ["MeterDSP"]),
        .library(name: "Spectrum", targets: ["Spectrum"]),
        .library(name: "Allocation", targets: ["Allocation"]),
        .library(name: "Stations", targets: ["Stations"]),
        .executable(name: "headroom", targets: ["headroom"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Stations behind their maker's cloud: HTTPS with certificates verified.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // MARK: Products: other meters build on these.
        .target(name: "MeterDSP", exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "Spectrum", dependencies: ["MeterDSP", "CFFTW"], exclude: ["README.md"], swiftSettings: common),
        .target(name: "Allocation", exclude: ["README.md"], swiftSettings: strict),

        // What the sensors and stations are really connected to. Pure, as the products are.
        .target(
            name: "Wiring", dependencies: ["MeterDSP", "Allocation"], exclude: ["README.md"], swiftSettings: strict),

        // MARK: The rooms of the device.
        .target(
            name: "StrictYAML", dependencies: [.product(name: "Yams", package: "Yams")], exclude: ["README.md"],
            swiftSettings: common),
        .target(
            name: "Realtime", dependencies: ["CRealtime"], exclude: ["README.md"], swiftSettings: common),
        .target(
            name: "Acquisition", dependencies: ["MeterDSP", "Realtime", "CIIO"], exclude: ["README.md"],
            swiftSettings: common),
        .target(
            name: "Stations",
            dependencies: ["Allocation", "Realtime", "CModbus", "StrictYAML"],
            exclude: ["README.md", "STATIONS.md"], resources: [.embedInCode("Profiles")],
            swiftSettings: common),
        .target(
            name: "CloudStations",
            dependencies: [
                "Stations", "Allocation", "Realtime", "StrictYAML",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ],
            exclude: ["README.md"], resources: [.embedInCode("Profiles")], swiftSettings: common),
        .target(
            name: "SiteTwin", dependencies: ["MeterDSP", "Realtime", "Allocation", "Stations"],
            exclude: ["README.md"],
            swiftSettings: common),
        .target(
            name: "Site",
            dependencies: [
                "MeterDSP", "Allocation", "Wiring", "Acquisition", "Stations", "CloudStations", "Realtime",
                "StrictYAML",
                "CGPIO",
            ],
            exclude: ["README.md"], swiftSettings: common),
        .target(
            name: "Simulation", dependencies: ["Allocation", "Stations", "SiteTwin", "StrictYAML"],
            exclude: ["README.md"], swiftSettings: common),
        .executableTarget(
            name: "headroom",
            dependencies: [
                "MeterDSP", "Spectrum", "Allocation", "Wiring", "Acquisition", "Stations", "CloudStations", "Site",
                "SiteTwin", "Simulation", "Realtime", "StrictYAML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["README.md", "Pictures"],
            swiftSettings: common),

        // MARK: C shims: each holds only what Swift cannot say; none is a product.
        .systemLibrary(name: "CIIO", path: "CShims/CIIO", pkgConfig: "libiio", providers: [.apt(["libiio-dev"])]),
        .systemLibrary(name: "CFFTW", path: "CShims/CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"])]),
        .systemLibrary(
            name: "CModbus", path: "CShims/CModbus", pkgConfig: "libmodbus", providers: [.apt(["libmodbus-dev"])]),
        .target(name: "CRealtime", path: "CShims/CRealtime", cSettings: [.enableWarning("all")]),
        .target(name: "CGPIO", path: "CShims/CGPIO", cSettings: [.enableWarning("all")]),

        // MARK: Tests: one folder per room.
        .testTarget(name: "RealtimeTests", dependencies: ["Realtime"], swiftSettings: common),
        .target(name: "TestSupport", dependencies: ["MeterDSP"], path: "Tests/TestSupport", swiftSettings: common),
        .testTarget(
            name: "MeterDSPTests", dependencies: ["MeterDSP", "Spectrum", "TestSupport"], swiftSettings: common),
        .target(
            name: "GoldenVectors", dependencies: ["MeterDSP"], path: "hardware/firmware/GoldenVectors",
            swiftSettings: common),
        .testTarget(name: "GoldenVectorsTests", dependencies: ["GoldenVectors", "MeterDSP"], swiftSettings: common),
        .testTarget(
            name: "SpectrumTests", dependencies: ["Spectrum", "TestSupport", "MallocCounter"], swiftSettings: common),
        .testTarget(
            name: "AllocationTests", dependencies: ["Allocation"], resources: [.copy("Scenarios")],
            swiftSettings: common),
        .testTarget(
            name: "WiringTests", dependencies: ["Wiring", "MeterDSP", "Allocation", "MallocCounter"],
            swiftSettings: common),
        .executableTarget(
            name: "acquisition-probe", dependencies: ["Acquisition", "Realtime"], path: "Tests/AcquisitionProbe",
            swiftSettings: common),
        .testTarget(
            name: "AcquisitionTests", dependencies: ["Acquisition", "TestSupport", "acquisition-probe"],
            exclude: ["Bed"], swiftSettings: common),
        .testTarget(
            name: "StationsTests", dependencies: ["Stations", "CModbus", "StrictYAML"], exclude: ["Fixtures"],
            swiftSettings: common),
        .testTarget(
            name: "CloudStationsTests",
            dependencies: ["CloudStations", "Stations", "Allocation", "Realtime", "SiteTwin", "StrictYAML"],
            swiftSettings: common),
        .testTarget(
            name: "SiteTwinTests", dependencies: ["SiteTwin", "MeterDSP", "Stations", "Allocation", "StrictYAML"],
            exclude: ["stations_client.py"],
            swiftSettings: common),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "Allocation", "Stations", "StrictYAML"],
            swiftSettings: common),
        .target(name: "MallocCounter", path: "Tests/MallocCounter", cSettings: [.enableWarning("all")]),
        .testTarget(
            name: "SiteTests",
            dependencies: ["Site", "SiteTwin", "CloudStations", "Wiring", "MallocCounter", "TestSupport"],
            swiftSettings: common),
        .executableTarget(
            name: "headroom-fuzz",
            dependencies: ["MeterDSP", "Acquisition", "Stations", "Allocation", "Site", "StrictYAML", "Realtime"],
            path: "Tests/Fuzz", exclude: ["README.md"], swiftSettings: common),
        .testTarget(
            name: "CommandTests",
            dependencies: ["headroom", "TestSupport", "MeterDSP", "Acquisition", "Site", "Stations"],
            swiftSettings: common),
    ]
)

// `make sanitize`: these targets alone, so that what they depend on is not built again for each sanitizer.
if let sanitizer = Context.environment["HEADROOM_SANITIZE"] {
    // Spectrum has no threads, and Swift 6.3.1 cannot compile it for this one ("Invalid bitcast").
    let left = sanitizer == "thread" ? ["Spectrum"] : []
    for target in package.targets where target.type != .system && !left.contains(target.name) {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=\(sanitizer)", "-g"])]
        target.cSettings =
            (target.cSettings ?? []) + [
                .unsafeFlags(["-fsanitize=\(sanitizer),undefined", "-fsanitize-trap=undefined", "-g"])
            ]
        // Without lld it warns of every function of the sanitizer.
        target.linkerSettings = [.unsafeFlags(["-sanitize=\(sanitizer)", "-use-ld=lld"])]
        if sanitizer.contains("fuzzer") { target.swiftSettings?.append(.define("LIBFUZZER")) }
    }
}

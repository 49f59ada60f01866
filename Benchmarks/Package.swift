// swift-tools-version: 6.2
import PackageDescription

// A package of its own: whoever builds on the library never fetches what only benchmarks need.
let package = Package(
    name: "HeadroomBenchmarks",
    dependencies: [
        .package(name: "Headroom", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .executableTarget(
            name: "headroom-bench",
            dependencies: [
                "CBenchmark",
                .product(name: "MeterDSP", package: "Headroom"),
                .product(name: "Spectrum", package: "Headroom"),
                .product(name: "Allocation", package: "Headroom"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]),
        // The sums in C, bare transforms, and a heap that counts. Only this package links it.
        .target(
            name: "CBenchmark", cSettings: [.enableWarning("all")], linkerSettings: [.linkedLibrary("fftw3")]),
    ]
)

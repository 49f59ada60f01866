// swift-tools-version: 6.2
import PackageDescription

// A package of its own: whoever builds on the library never fetches what only benchmarks need.
let package = Package(
    name: "HeadroomBenchmarks",
    dependencies: [
        .package(name: "Headroom", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without traits: its allocator of choice and its hooks would stand where ours count.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
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
                .product(name: "Stations", package: "Headroom"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]),
        // The kernels under ordo-one's runner, `swift package benchmark`: it finds only what lies in `Benchmarks/`.
        .executableTarget(
            name: "Kernels",
            dependencies: [
                "CBenchmark",
                .product(name: "MeterDSP", package: "Headroom"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Kernels",
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        // The sums in C, FFTW by itself, and a heap that counts. Only this package links it.
        .target(
            name: "CBenchmark", cSettings: [.enableWarning("all")], linkerSettings: [.linkedLibrary("fftw3")]),
        .executableTarget(
            name: "headroom-conformance",
            dependencies: [
                .product(name: "MeterDSP", package: "Headroom"),
                .product(name: "Spectrum", package: "Headroom"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]),
    ]
)

// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let complexNumbers = Target.Dependency.product(name: "Numerics", package: "swift-numerics")

/// A library target in Sources/ with its tests in Tests/<name>Tests.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies)
}

/// A physical forward model in Simulators/: it never sees inference, only what it is made of.
func simulator(_ name: String) -> Target {
  .target(
    name: name,
    dependencies: ["CVector", "Probability", "NumericalMethods", "Observations", complexNumbers],
    path: "Simulators/\(name)")
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = [], data: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
    resources: data ? [.copy("Data")] : [])
}

let package = Package(
  name: "Sibyl",
  platforms: [.macOS(.v26)],
  products: [.executable(name: "sibyl", targets: ["SibylCommand"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics.git", from: "1.1.1"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    // System libraries and header-only shims
    .systemLibrary(
      name: "CGSL", pkgConfig: "gsl",
      providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .systemLibrary(
      name: "CFFTW", pkgConfig: "fftw3",
      providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
    .systemLibrary(
      name: "CCFITSIO", pkgConfig: "cfitsio",
      providers: [.apt(["libcfitsio-dev"]), .brew(["cfitsio"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CXGBoost", pkgConfig: "xgboost",
      providers: [.apt(["libxgboost-dev"]), .brew(["xgboost"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CVector"),

    // Foundations
    library("Probability", ["CGSL"]),
    library("NumericalMethods", ["CFFTW", "CGSL", "COpenBLAS", "CVector", complexNumbers]),
    library("ArrayFiles", ["CZlib"]),
    library("Observations", ["ArrayFiles", "CCFITSIO", "NumericalMethods", complexNumbers]),

    // Simulators
    simulator("Microlensing"),
    simulator("BenchmarkTasks"),
    simulator("Interferometry"),
    simulator("ThreeBody"),
    simulator("BinaryPulsar"),

    // Learning and inference
    library("NeuralNetworks", ["ArrayFiles", "CVector", "Probability", "NumericalMethods"]),
    library("DensityEstimators", ["NeuralNetworks", "NumericalMethods", "Probability"]),
    library("Inference", ["DensityEstimators", "ArrayFiles", "NumericalMethods"]),

    // Sparse models
    library(
      "SparseModeling",
      ["ArrayFiles", "NumericalMethods", "Observations", "Probability", complexNumbers]),

    // Surrogates
    library(
      "Surrogates",
      [
        "ArrayFiles", "CVector", "CXGBoost", "NeuralNetworks", "NumericalMethods", "Probability",
        "SparseModeling",
      ]),

    // Applications
    library("Plotting", ["NumericalMethods"]),
    library("MicrolensingEvents", ["Inference", "Microlensing", "Observations", "Plotting"]),
    library(
      "ExperimentRunner",
      [
        "Inference", "MicrolensingEvents", "Microlensing", "BenchmarkTasks", "BinaryPulsar",
        "Interferometry", "SparseModeling", "Plotting", "Surrogates", "ThreeBody", "Yams",
      ]),
    .executableTarget(
      name: "SibylCommand",
      dependencies: [
        "BinaryPulsar", "ExperimentRunner", "Surrogates", "ThreeBody", argumentParser,
      ]),

    // Peers beside us: Tests/Benchmarks/run.sh
    .executableTarget(
      name: "SibylBenchmarks",
      dependencies: [
        "ArrayFiles", "BenchmarkTasks", "BinaryPulsar", "DensityEstimators", "Inference",
        "Interferometry", "Microlensing", "NumericalMethods", "Observations", "Probability",
        "SparseModeling", "Surrogates", "ThreeBody", complexNumbers,
      ],
      path: "Tests/Benchmarks",
      exclude: [
        "figure.py", "peer_finufft.py", "peer_imaging.py", "peer_periodogram.py", "peer_sbi.py",
        "peer_sparse.py", "peer_surrogates.py", "peer_threebody.py", "peer_vbmicrolensing.cpp",
        "recorded.json", "report.py", "requirements", "run.sh", "tables.py", "works.py",
      ]),

    // Any number of random magnifications under test: make fuzz
    .target(name: "MicrolensingReference", path: "Tests/MicrolensingReference"),
    .executableTarget(
      name: "MagnificationFuzz",
      dependencies: [
        "Microlensing", "MicrolensingReference", "NumericalMethods", "Probability", argumentParser,
      ],
      path: "Tests/Fuzz"),

    // Tests
    tests("Probability"),
    tests("NumericalMethods", ["Probability", complexNumbers]),
    tests("ArrayFiles", data: true),
    tests("Observations", ["ArrayFiles", complexNumbers], data: true),
    tests("BenchmarkTasks", ["Probability"]),
    tests("Interferometry", ["ArrayFiles", "Observations", "Probability"], data: true),
    tests(
      "SparseModeling",
      ["ArrayFiles", "NumericalMethods", "Observations", "Probability", complexNumbers], data: true),
    tests("Surrogates", ["ArrayFiles", "NumericalMethods", "Probability"]),
    tests("ThreeBody", ["ArrayFiles", "NumericalMethods", "Probability"], data: true),
    tests("BinaryPulsar", ["ArrayFiles", "Probability"], data: true),
    tests("Microlensing", ["MicrolensingReference"], data: true),
    tests("NeuralNetworks", ["Probability"]),
    tests("DensityEstimators", ["NeuralNetworks", "Probability"]),
    tests("Inference", ["Probability", "ArrayFiles", "BenchmarkTasks", "DensityEstimators"]),
    tests("Plotting", ["NumericalMethods"]),
    tests("MicrolensingEvents", ["Inference", "Microlensing"]),
    tests(
      "ExperimentRunner",
      [
        "Inference", "ArrayFiles", "BinaryPulsar", "Interferometry", "Observations", "Surrogates",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),
]

let package = Package(
    name: "agentdash",
    products: [.executable(name: "agentdash", targets: ["agentdash"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
        // Needs the system's SQLite (libsqlite3-dev).
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    // The modules in the order in which the house is built: each imports only what stands before it.
    targets: [
        // What the system gives.
        .target(name: "CPosix"),
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncurses-dev"])]),

        // What knows nothing of agents.
        .target(name: "Threads", dependencies: ["CPosix"], swiftSettings: settings),
        .target(name: "Statistics", swiftSettings: settings),
        .target(name: "Query", swiftSettings: settings),
        .target(name: "Canvas", swiftSettings: settings),
        .target(
            name: "Themes",
            path: "Themes",
            resources: [
                .embedInCode("daylight.toml"),
                .embedInCode("gruvbox-like.toml"),
                .embedInCode("high-contrast.toml"),
                .embedInCode("midnight.toml"),
                .embedInCode("mono.toml"),
                .embedInCode("nord-like.toml"),
                .embedInCode("okabe.toml"),
                .embedInCode("terminal.toml"),
            ],
            swiftSettings: settings),

        // Bytes to records to counts to judgements.
        .target(name: "Telemetry", dependencies: ["Query"], swiftSettings: settings),
        .target(name: "Metrics", dependencies: ["Statistics", "Query", "Telemetry"], swiftSettings: settings),
        .target(name: "Ingest", dependencies: ["CPosix"], swiftSettings: settings),
        .target(
            name: "Databases",
            dependencies: [
                "Telemetry", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .target(
            name: "Monitoring", dependencies: ["Statistics", "Query", "Telemetry", "Metrics"], swiftSettings: settings),
        .target(
            name: "Export", dependencies: ["Statistics", "Query", "Canvas", "Telemetry", "Metrics", "Monitoring"],
            swiftSettings: settings),
        .target(name: "Store", dependencies: ["CPosix", "Threads"], swiftSettings: settings),
        .target(
            name: "Delivery",
            dependencies: [
                "CPosix", "Threads", "Statistics", "Query", "Monitoring", "Export", "Store",
            ],
            swiftSettings: settings),
        .target(name: "Scenario", dependencies: ["Statistics"], swiftSettings: settings),
        .target(
            name: "Configuration",
            dependencies: [
                "Statistics", "Query", "Canvas", "Themes", "Telemetry", "Metrics", "Monitoring", "Store",
                "Delivery",
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: settings),
        .target(
            name: "Engine",
            dependencies: ["CPosix", "Threads", "Telemetry", "Metrics", "Ingest", "Databases", "Monitoring"],
            swiftSettings: settings),

        // Judgements to a screen.
        .target(
            name: "Dashboard", dependencies: ["Statistics", "Query", "Canvas", "Telemetry", "Metrics", "Monitoring"],
            swiftSettings: settings),
        .target(name: "Terminal", dependencies: ["CPosix", "CNcurses", "Canvas"], swiftSettings: settings),

        .executableTarget(
            name: "agentdash",
            dependencies: [
                "Threads", "Statistics", "Query", "Canvas", "Telemetry", "Metrics", "Ingest", "Monitoring", "Export",
                "Store", "Delivery", "Scenario", "Configuration", "Engine", "Dashboard", "Terminal",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        // How fast, with how much memory, and beside what: see the README's performance section.
        .target(name: "CBenchmark"),
        .executableTarget(
            name: "agentdash-bench",
            dependencies: [
                "CPosix", "Threads", "CBenchmark", "CPtyTesting", "Telemetry", "Metrics", "Ingest", "Monitoring",
                "Export", "Scenario", "Engine", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Comparison"],
            swiftSettings: settings),

        // Tests mirror the modules.
        .testTarget(name: "CPosixTests", dependencies: ["CPosix"], swiftSettings: settings),
        .testTarget(
            name: "StatisticsTests", dependencies: ["Statistics"], resources: [.copy("Vectors")],
            swiftSettings: settings),
        .testTarget(
            name: "QueryTests", dependencies: ["Query"], resources: [.copy("Vectors")], swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["Statistics", "Telemetry", "Metrics"], path: "Tests/TestSupport",
            resources: [.copy("Vectors")], swiftSettings: settings),
        .testTarget(
            name: "MetricsTests", dependencies: ["Statistics", "Query", "Telemetry", "Metrics", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "MonitoringTests",
            dependencies: ["Statistics", "Query", "Telemetry", "Metrics", "Monitoring", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "ExportTests",
            dependencies: [
                "Statistics", "Query", "Canvas", "Telemetry", "Metrics", "Monitoring", "Export", "TestSupport",
            ],
            swiftSettings: settings),
        .testTarget(name: "StoreTests", dependencies: ["Store", "CPosix", "Threads"], swiftSettings: settings),
        .testTarget(
            name: "DeliveryTests",
            dependencies: ["CPosix", "Threads", "Statistics", "Monitoring", "Export", "Store", "Delivery"],
            resources: [.copy("Vectors")], swiftSettings: settings),
        .testTarget(
            name: "EngineTests",
            dependencies: [
                "CPosix", "Statistics", "Telemetry", "Metrics", "Ingest", "Monitoring", "Export", "Scenario", "Engine",
                "TestSupport", "DatabaseTesting", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .testTarget(name: "CanvasTests", dependencies: ["Canvas"], swiftSettings: settings),
        .testTarget(
            name: "ThemesTests", dependencies: ["Canvas", "Configuration", "Themes"], resources: [.copy("Vectors")],
            swiftSettings: settings),
        .testTarget(
            name: "TelemetryTests", dependencies: ["Telemetry"], resources: [.copy("Fixtures")],
            swiftSettings: settings),
        .testTarget(name: "IngestTests", dependencies: ["Ingest", "CPosix"], swiftSettings: settings),
        .target(
            name: "DatabaseTesting", dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/DatabaseTesting", swiftSettings: settings),
        .testTarget(
            name: "DatabasesTests",
            dependencies: [
                "Databases", "Telemetry", "DatabaseTesting", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(name: "ScenarioTests", dependencies: ["Scenario", "Statistics"], swiftSettings: settings),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: [
                "Statistics", "Query", "Canvas", "Telemetry", "Metrics", "Monitoring", "Delivery", "Configuration",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "DashboardTests",
            dependencies: ["Canvas", "Telemetry", "Metrics", "Ingest", "Monitoring", "Engine", "Dashboard"],
            exclude: ["Golden"], swiftSettings: settings),

        // A real terminal for tests, and a small program to run on it.
        .target(name: "CPtyTesting", path: "Tests/CPtyTesting"),
        .target(
            name: "PtyTesting", dependencies: ["CPtyTesting"], path: "Tests/PtyTesting", swiftSettings: settings),
        .executableTarget(
            name: "TerminalProbe", dependencies: ["Terminal", "Canvas"], path: "Tests/TerminalProbe",
            swiftSettings: settings),
        .testTarget(
            name: "TerminalTests", dependencies: ["Terminal", "Canvas", "PtyTesting", "TerminalProbe", "CPosix"],
            swiftSettings: settings),

        // The built program, as its users run it.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "agentdash", "PtyTesting", "DatabaseTesting", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
    ]
)

// A plain build can't link it: the README says how to build it.
if let wanted = Context.environment["AGENTDASH_FUZZ"] {
    // Settings are declared by what judges and sends: their harness builds all of that, and only when asked for.
    let fuzzesSettings = wanted == "settings"
    package.targets += [
        .executableTarget(
            name: "agentdash-fuzz",
            dependencies: ["Query", "Telemetry", "Ingest"] + (fuzzesSettings ? ["Configuration"] : []),
            swiftSettings: settings + (fuzzesSettings ? [.define("FUZZES_SETTINGS")] : []))
    ]
}

// For the thread sanitizer: what runs on several threads, its tests, and nothing else to be built.
if Context.environment["AGENTDASH_THREADS"] != nil {
    let wanted: Set = [
        "CPosix", "Threads", "Statistics", "Query", "Canvas", "Telemetry", "Metrics", "Ingest", "Databases",
        "Monitoring", "Export", "Scenario", "Engine", "TestSupport", "DatabaseTesting", "EngineTests",
    ]
    package.targets.removeAll { !wanted.contains($0.name) }
    package.products = []
    // A dependency that nothing uses is warned of.
    package.dependencies.removeAll { dependency in
        if case .sourceControl(_, let location, _) = dependency.kind { return !location.contains("GRDB") }
        return false
    }
}

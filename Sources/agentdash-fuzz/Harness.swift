/// What is fed arbitrary bytes. A harness ends the process where a promise is broken; libFuzzer then keeps the input.
enum Harness: String, CaseIterable, Sendable {
    case scanner, formats, framer, query
    #if FUZZES_SETTINGS
        case toml
    #endif

    func run(_ bytes: [UInt8]) {
        switch self {
        case .scanner: ScannerHarness.run(bytes)
        case .formats: FormatHarness.run(bytes)
        case .framer: FramerHarness.run(bytes)
        case .query: QueryHarness.run(bytes)
        #if FUZZES_SETTINGS
            case .toml: TomlHarness.run(bytes)
        #endif
        }
    }

    /// Ends the process with a reason unless a promise holds.
    static func promise(_ holds: Bool, _ what: String) {
        if !holds { fatalError("broken promise: \(what)") }
    }
}

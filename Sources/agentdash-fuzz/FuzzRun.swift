import Glibc

/// The harness that this run is of.
private let harness: Harness = {
    let name = unsafe getenv("AGENTDASH_FUZZ_HARNESS").map { unsafe String(cString: $0) } ?? ""
    guard let harness = Harness(rawValue: name) else {
        print("AGENTDASH_FUZZ_HARNESS must be one of \(Harness.allCases.map(\.rawValue).joined(separator: ", "))")
        exit(2)
    }
    return harness
}()

/// What libFuzzer, whose `main` runs the process, calls with every input.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    // The bytes end with the call: a copy, and of exactly their length.
    unsafe harness.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

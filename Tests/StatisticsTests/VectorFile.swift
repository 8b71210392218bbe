import Foundation
import Testing

/// Reads a JSON file of reference numbers that stands beside the tests.
enum VectorFile {
    static func object(_ name: String) throws -> [String: Any] {
        let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json"))
        return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    }
}

/// Equal within 1e-9 relative, or 1e-9 absolute where a bound is 0.
func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-9) -> Bool {
    abs(a - b) <= tolerance * max(1, abs(b))
}

extension [String: Any] {
    /// The number under a key, or a failed test.
    func number(_ key: String) throws -> Double {
        try #require(self[key] as? Double, "no number \(key)")
    }

    func integer(_ key: String) throws -> Int {
        try #require(self[key] as? Int, "no integer \(key)")
    }

    func numbers(_ key: String) throws -> [Double] {
        try #require(self[key] as? [Double], "no numbers \(key)")
    }
}

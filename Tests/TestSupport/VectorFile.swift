import Foundation

/// Reference numbers in JSON that stand beside the tests.
package enum VectorFile {
    package struct Missing: Error {
        package var name: String
    }

    /// The top-level object of a file.
    package static func object(_ name: String) throws -> [String: Any] {
        guard let url = Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json"),
            let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        else { throw Missing(name: name) }
        return object
    }

    /// The list of objects under a key of a file.
    package static func cases(_ key: String, of name: String) throws -> [[String: Any]] {
        guard let cases = try object(name)[key] as? [[String: Any]] else { throw Missing(name: "\(name).\(key)") }
        return cases
    }
}

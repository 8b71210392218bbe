import Canvas
import Configuration

/// Bytes as a theme's TOML: read, or refused with a place and a message that a terminal can show.
enum TomlHarness {
    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = KeyPositions(toml: text)
        do throws(ConfigurationError) {
            _ = try ThemeFile.parse(toml: text, file: "theme.toml")
        } catch {
            Harness.promise(
                !error.description.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x7F },
                "messages are safe to print")
        }
    }
}

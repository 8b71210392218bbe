#if FUZZES_SETTINGS
    import Configuration

    /// Bytes as a settings file: read, with a place for every value, or refused with a message that a terminal can show.
    enum TomlHarness {
        static func run(_ bytes: [UInt8]) {
            let text = String(decoding: bytes, as: UTF8.self)
            _ = KeyPositions(toml: text)
            do throws(ConfigurationError) {
                walk(TomlSection(try TomlDocument(text: text, file: "agentdash.toml")))
            } catch {
                check(error)
            }
        }

        /// Asks for each key as everything that a setting may be.
        private static func walk(_ section: TomlSection) {
            attempt { () throws(ConfigurationError) in try section.allow(["name"]) }
            for key in section.keys {
                Harness.promise(section.document.positions[section.path + [key]] != nil, "every key has its place")
                attempt { () throws(ConfigurationError) in _ = try section.string(key) }
                attempt { () throws(ConfigurationError) in _ = try section.boolean(key) }
                attempt { () throws(ConfigurationError) in _ = try section.strings(key) }
                attempt { () throws(ConfigurationError) in _ = try section.number(key) }
                attempt { () throws(ConfigurationError) in _ = try section.duration(key) }
                attempt { () throws(ConfigurationError) in
                    for part in try section.sections(key, expected: "tables") { walk(part) }
                }
            }
        }

        private static func attempt(_ read: () throws(ConfigurationError) -> Void) {
            do throws(ConfigurationError) {
                try read()
            } catch {
                check(error)
            }
        }

        private static func check(_ error: ConfigurationError) {
            Harness.promise(
                !error.description.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x7F },
                "messages are safe to print")
        }
    }
#endif

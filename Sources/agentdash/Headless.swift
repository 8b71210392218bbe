import ArgumentParser
import Canvas
import Configuration
import Engine
import Glibc
import Metrics
import Monitoring
import Terminal

/// What the commands without a screen share: reading to the end, themes, and output that may be closed.
enum Reading {
    /// Everything there is.
    /// - Parameter look: called now and then while reading; false ends it.
    /// - Throws: `ExitCode` 2, having said what can't be read.
    static func situation(_ options: EngineOptions, watchedBy look: ((Situation) -> Bool)? = nil) throws -> Situation {
        do {
            guard let look else { return try OneReading.situation(options) }
            return try OneReading.situation(options, watchedBy: look)
        } catch {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
    }

    /// Says so, and throws `ExitCode` 2, if there was input and none of it was a record.
    static func complainOfNothing(_ situation: Situation) throws {
        guard situation.snapshot.read == 0, situation.snapshot.source.rejected > 0 else { return }
        Complaint.write("nothing in the input was a record; agentdash inspect tells how the input was understood")
        throw ExitCode(2)
    }
}

/// Standard output of the commands without a screen.
enum Output {
    /// - Throws: `ExitCode` 2, having said so, if nothing more can be written.
    static func write(_ text: String) throws {
        guard isWritten(text) else { throw complaint() }
    }

    static func isWritten(_ text: String) -> Bool { StandardOutput.write(Array(text.utf8)) }

    /// Says why it can't be written to, by the last error.
    static func complaint() -> ExitCode {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "no more is taken"
        Complaint.write("standard output: \(reason)")
        return ExitCode(2)
    }
}

/// Themes for commands without a screen.
enum ThemeChoice {
    static var search: ThemeSearch { ThemeSearch(environment: homes) }

    /// Where the user keeps things.
    static var homes: [String: String] {
        ["HOME", "XDG_CONFIG_HOME"].reduce(into: [:]) { result, name in
            if let value = unsafe getenv(name) { result[name] = unsafe String(cString: value) }
        }
    }

    /// What arguments and the settings file say.
    /// - Throws: `ExitCode` 2, having said what is wrong.
    static func palette(_ arguments: ScreenArguments) throws -> Palette {
        do {
            return try ScreenSettings(arguments, search, environment: homes).theme.palette
        } catch let error as any CustomStringConvertible {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
    }

    /// - Throws: `ExitCode` 2, having said what is wrong.
    static func palette(_ name: String) throws -> Palette {
        do {
            return try search.find(name).palette
        } catch {
            Complaint.write(error.description)
            throw ExitCode(2)
        }
    }
}

extension GlyphSet {
    /// What the locale's character set can show.
    static var ofLocale: GlyphSet { TerminalEnvironment.current().namesUTF8 ? .unicode : .ascii }
}

import CPosix
import Glibc

/// How a text got to where the user can paste it from, or that it did not.
package enum Copied: Sendable, Equatable {
    /// Into tmux's buffer; tmux hands it on to the terminal's clipboard where it is set to.
    case tmux
    /// Sent to the terminal (OSC 52), which does not answer whether it obeyed.
    case terminal
    /// Larger than terminals take. Nothing was sent.
    case tooLarge
    /// There was nothing to copy, or the terminal has no clipboard that is known of.
    case failed
}

extension CursesTerminal {
    /// Puts a text where the user can paste it from. Controls other than line feeds and tabs are left out. Inside tmux it may take up to
    /// half a second.
    package func copy(_ text: String) -> Copied {
        let text = Array(Clipboard.stripped(text).utf8)
        guard isOnScreen, !isLost, !text.isEmpty else { return .failed }
        if multiplexer == .tmux, Clipboard.loadIntoTmux(text) { return .tmux }
        guard takesTitle else { return .failed }
        guard let sequence = Clipboard.sequence(text, isInScreen: multiplexer == .screen) else { return .tooLarge }
        sink.send(sequence, signals: &signals)
        return isLost || sink.isTorn ? .failed : .terminal
    }
}

/// The ways to the clipboard.
enum Clipboard {
    /// The most that terminals with a limit take, in bytes of base64.
    static let largest = 74_994
    /// What GNU screen passes through at a time is bounded.
    private static let pieceForScreen = 240
    /// Milliseconds that tmux may take, of each of two attempts.
    private static let patience: Int32 = 250

    /// What pastes as it looks: no controls but line feeds and tabs, nothing that reorders or hides text.
    static func stripped(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar != "\n" && scalar != "\t": continue
            // Joiners belong to words and emoji.
            case .format where scalar.value != 0x200C && scalar.value != 0x200D: continue
            case .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// OSC 52; nil for what is too large.
    static func sequence(_ text: [UInt8], isInScreen: Bool) -> [UInt8]? {
        // Before anything is allocated for it.
        guard text.count <= largest / 4 * 3 else { return nil }
        let encoded = base64(text)
        guard encoded.count <= largest else { return nil }
        let command = Array("\u{1B}]52;c;".utf8) + encoded + [0x07]
        guard isInScreen else { return command }
        // screen forwards what stands within a device control string, and puts the pieces together by leaving them as they are.
        var wrapped: [UInt8] = []
        for start in stride(from: 0, to: command.count, by: pieceForScreen) {
            wrapped += "\u{1B}P".utf8
            wrapped += command[start..<min(start + pieceForScreen, command.count)]
            wrapped += "\u{1B}\\".utf8
        }
        return wrapped
    }

    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for (offset, byte) in group.enumerated() { bits |= UInt32(byte) << (16 - 8 * UInt32(offset)) }
            for position in 0..<4 {
                let index = Int(bits >> (18 - 6 * UInt32(position)) & 63)
                result.append(position <= group.count ? alphabet[index] : UInt8(ascii: "="))
            }
        }
        return result
    }

    /// True once tmux holds the text. Versions before 3.2 have no `-w`, and keep it to themselves.
    static func loadIntoTmux(_ text: [UInt8]) -> Bool {
        load(text, ["tmux", "load-buffer", "-w", "-"]) || load(text, ["tmux", "load-buffer", "-"])
    }

    private static func load(_ text: [UInt8], _ arguments: [String]) -> Bool {
        let file = unsafe agentdash_anonymous_file("agentdash-clipboard")
        guard file >= 0 else { return false }
        // Below 3 it would be overwritten on its way.
        let input = fcntl(file, F_DUPFD_CLOEXEC, 3)
        close(file)
        guard input >= 0 else { return false }
        defer { close(input) }
        let written = unsafe text.withUnsafeBytes { unsafe write(input, $0.baseAddress, $0.count) }
        guard written == text.count, lseek(input, 0, SEEK_SET) == 0 else { return false }
        var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe agentdash_run_quietly(&pointers, input, patience) == 0
    }
}

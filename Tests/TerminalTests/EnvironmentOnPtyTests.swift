import Glibc
import PtyTesting
import Testing

@Suite(.serialized) struct EnvironmentOnPtyTests {
    /// No parameter that sets a colour; bold, reverse and their like may be sent.
    private func expectNoColour(_ session: PtySession) {
        for rendition in session.screen.renditions {
            for field in rendition.split(separator: ";") {
                let number = Int(field) ?? 0
                #expect(!(30...49).contains(number) && !(90...107).contains(number), "\(rendition)")
            }
        }
    }

    @Test func noColorSendsNoColour() throws {
        let session = try startProbe(environment: ["NO_COLOR": "1", "COLORTERM": "truecolor"])
        #expect(session.screen.cells[0][0].style.reverse)
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.wait(forText: "depth: mono"))
        expectNoColour(session)
        expectRestored(session)
    }

    @Test func anEmptyNoColorMeansNothing() throws {
        let session = try startProbe(environment: ["NO_COLOR": ""])
        #expect(session.screen.cells[0][0].style.foreground == .indexed(208))
    }

    @Test func trueColourIsSentWhereTheTerminalSaysSo() throws {
        let session = try startProbe(environment: ["COLORTERM": "truecolor"])
        #expect(session.screen.cells[0][0].style.foreground == .rgb(1, 200, 99))
        #expect(session.screen.cells[6][6].style.background == .rgb(1, 200, 99))
        session.send("p")
        #expect(session.wait { $0.screen.cells[0][0].style.foreground == .rgb(9, 8, 7) })
        #expect(!session.screen.renditions.contains { $0.contains("38;5") || $0.contains("48;5") })
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        expectRestored(session)
    }

    @Test func eightColoursAreUsedWhereThereAreEight() throws {
        let session = try startProbe(environment: ["TERM": "xterm", "COLORTERM": "truecolor"])
        #expect(session.screen.cells[0][0].style.foreground == .indexed(1))
    }

    @Test func anUnknownTypeWorksWithANotice() throws {
        let session = try startProbe(environment: ["TERM": "nobody-has\u{1B}this"])
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.wait(forText: "terminal type 'nobody-has?this' is unknown: using xterm-256color"))
        expectRestored(session)
    }

    @Test func aDumbTerminalIsDrawnWithoutColour() throws {
        let session = try startProbe(environment: ["TERM": "dumb", "COLORTERM": "truecolor"])
        #expect(session.screen.mouseModes.isEmpty)
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.wait(forText: "TERM=dumb"))
        expectNoColour(session)
        #expect(session.modes == session.modesBefore)
    }

    @Test(arguments: ["vt100", "linux", "screen", "screen-256color", "tmux-256color", "rxvt-unicode", "ansi"])
    func otherTypesAreGivenBackToo(type: String) throws {
        let session = try startProbe(environment: ["TERM": type])
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        #expect(session.modes == session.modesBefore)
        #expect(session.screen.isCursorVisible && session.screen.mouseModes.isEmpty && !session.screen.isAlternate)
    }

    @Test(arguments: ["C", "POSIX", ""]) func outsideUTF8OnlyASCIIIsSent(locale: String) throws {
        let session = try startProbe(environment: ["LANG": locale, "LC_ALL": locale])
        #expect(session.screen.rows[0] == "probe: ready ? ???")
        #expect(session.screen.rows[6] == "tokyo ? ? ?         ?")
        session.send("t")
        #expect(session.wait { $0.screen.title.hasPrefix("? P2 agentdash") })
        #expect(session.output.allSatisfy { $0 < 0x80 })
    }

    @Test func aLocaleThatIsNotInstalledButNamesUTF8IsTakenAtItsWord() throws {
        let session = try startProbe(environment: ["LANG": "tlh_QO.UTF-8"])
        #expect(session.screen.rows[0] == "probe: ready ▲ ╭─╮")
    }

    @Test func keysComeFromTheTerminalWhenStandardInputIsAPipe() throws {
        let session = try startProbe(input: .pipe)
        session.feed("qqq\n")
        session.endInput()
        session.send("j")
        #expect(session.wait(forText: "key character(\"j\")"))
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        expectRestored(session)
    }

    @Test func thePictureGoesToTheTerminalWhenStandardOutputDoesNot() throws {
        let session = try startProbe(discardsOutput: true)
        session.send("q")
        #expect(session.waitForEnding() == .code(0))
        expectRestored(session)
    }

    @Test func withoutMouseNoneIsAskedFor() throws {
        let session = try startProbe(["--no-mouse"])
        #expect(session.screen.mouseModes.isEmpty)
    }
}

// A program with nothing but a terminal, for tests to drive: it shows a screen and obeys keys.
Probe.main(Array(CommandLine.arguments.dropFirst()))

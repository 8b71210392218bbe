/// What ended a wait. Several things may be true at once.
package struct TerminalEvents: Sendable, Equatable {
    /// Read `nextKey()` until it answers nil.
    package var keys = false
    /// The caller's descriptor is readable; its owner empties it.
    package var wake = false
    /// `size` has changed (or the terminal wants a new picture): draw again.
    package var resized = false
    /// SIGTSTP came: call `suspend()`.
    package var stop = false
    /// SIGCONT came, for example after a SIGSTOP: the terminal was taken again and painted already.
    package var continued = false
    /// The terminal is gone, or SIGHUP says so: end at once. `CursesTerminal.isLost` tells whether it can still be written to.
    package var terminalLost = false
    /// SIGTERM, SIGINT, SIGHUP or SIGQUIT: end in good order.
    package var termination: Int32?
    /// Nothing happened for as long as was asked.
    package var timedOut = false

    package init() {}
}

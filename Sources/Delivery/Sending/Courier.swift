package import Store

/// What sends: the programs and the place for bodies.
package struct Courier: Sendable {
    /// Looked for in PATH where it holds no slash.
    package var curl = "curl"
    /// ms for one request.
    package var patience = 10_000
    /// Where bodies are put for curl to read.
    package var bodies: StateFolder

    package init(bodies: StateFolder) { self.bodies = bodies }
}

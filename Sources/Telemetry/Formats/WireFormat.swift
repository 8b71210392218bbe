/// The formats that lines are read in. The raw value is the name on the command line.
package enum WireFormat: String, CaseIterable, Sendable, Hashable {
    /// agentdash's own records.
    case native
    /// OpenTelemetry's JSON: traces, logs and metrics.
    case otlp
    /// LiteLLM's standard logging payload.
    case litellm
    /// Langfuse's traces as the interface gives them, and lines of its blob export.
    case langfuse
    /// Transcripts of Claude Code.
    case claudeCode = "claude-code"
    /// Rollouts of Codex.
    case codex
    /// Any other JSON, through a map of keys that was given or guessed.
    case mapped
}

/// What became of a line. Whatever it was, more records may wait: fetch them with `LineDecoder.next`.
package enum LineResult: Sendable, Hashable {
    /// One record, in the record handed in.
    case record
    /// Records that wait to be fetched.
    case several
    /// Understood, and no record yet, or none at all.
    case absorbed
    /// Nothing but blanks.
    case blank
    case rejected(Rejection)
}

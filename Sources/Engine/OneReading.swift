import Metrics
package import Monitoring

/// Reads everything there is, once, on the calling thread.
package enum OneReading {
    /// Records between two looks at whether more is there.
    private static let roundLength = 4096

    /// What is known at the end of all sources.
    /// - Throws: `EngineError.unreadable` if a source can't be read: the numbers of the others would pass for all.
    package static func situation(_ options: EngineOptions) throws(EngineError) -> Situation {
        try read(options).situation
    }

    /// The same, telling `look` what is known whenever some records have come and every second of a wait, until it says
    /// false: then nothing more is read.
    package static func situation(
        _ options: EngineOptions, watchedBy look: (Situation) -> Bool
    ) throws(EngineError) -> Situation {
        var options = options
        options.follows = false
        let reader = Reader(options)
        while true {
            let outcome = reader.round(limit: watchedRoundLength)
            while reader.advanceFilter(limit: roundLength) {}
            if case .ended = outcome {
                if let failure = reader.failure { throw .unreadable(failure) }
                return reader.situation()
            }
            let situation = reader.situation()
            guard look(situation) else { return situation }
            switch outcome {
            case .due(let delay): reader.wait(atMost: delay, wake: -1, onlyForTime: true)
            case .idle: reader.wait(atMost: Span.second, wake: -1)
            case .busy, .ended: break
            }
        }
    }

    /// Fewer, so that little time passes in the data between two looks.
    private static let watchedRoundLength = 256

    static func read(_ options: EngineOptions) throws(EngineError) -> (reader: Reader, situation: Situation) {
        var options = options
        options.follows = false
        let reader = Reader(options)
        while true {
            let outcome = reader.round(limit: roundLength)
            // Everything is looked at before anything is given up.
            while reader.advanceFilter(limit: roundLength) {}
            switch outcome {
            case .busy: continue
            case .due(let delay): reader.wait(atMost: delay, wake: -1, onlyForTime: true)
            case .idle: reader.wait(atMost: nil, wake: -1)
            case .ended:
                if let failure = reader.failure { throw .unreadable(failure) }
                return (reader, reader.situation())
            }
        }
    }
}

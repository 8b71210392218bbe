/// Which field a foreign key's name suggests. Whatever is guessed is reported as a guess.
enum FieldGuess {
    /// Names without what separates their words, the likelier first.
    private static let names: [(Field, [String])] = [
        (.endTime, ["endtime", "endedat", "completedat", "finishedat", "end"]),
        (.startTime, ["starttime", "startedat", "start", "requesttimestamp"]),
        (
            .timestamp,
            [
                "timestamp", "time", "ts", "datetime", "datetimeutc", "date", "createdat", "created", "eventtime",
                "timeiso8601", "loggedat",
            ]
        ),
        (
            .latency,
            [
                "latency", "duration", "elapsed", "elapsedtime", "responsetime", "requestduration", "totaltime",
                "totalduration", "totallatency", "e2elatency", "e2erequestlatency", "took", "requesttime",
                "processingtime", "runtime", "executiontime",
            ]
        ),
        (.timeToFirstToken, ["ttft", "timetofirsttoken", "firsttoken", "firsttokenlatency", "timetofirstchunk"]),
        (
            .inputTokens,
            [
                "inputtokens", "prompttokens", "tokensin", "inputtokencount", "prompttokencount", "numprompttokens",
                "nprompttokens", "tokensinput", "tokensprompt", "requesttokens", "contexttokens", "numinputtokens",
            ]
        ),
        (
            .outputTokens,
            [
                "outputtokens", "completiontokens", "tokensout", "outputtokencount", "completiontokencount",
                "candidatestokencount", "generatedtokens", "numcompletiontokens", "tokensoutput", "tokenscompletion",
                "responsetokens", "numoutputtokens", "generationtokens",
            ]
        ),
        (
            .cachedInputTokens,
            ["cachedinputtokens", "cachedtokens", "cachereadinputtokens", "cachereadtokens", "cachedcontenttokencount"]
        ),
        (.cacheWriteTokens, ["cachewritetokens", "cachecreationinputtokens", "cachecreationtokens"]),
        (.reasoningTokens, ["reasoningtokens", "thoughtstokencount", "reasoningoutputtokens"]),
        (.cost, ["costusd", "cost", "responsecost", "requestcost", "totalcostusd", "price", "totalcost", "spend"]),
        (.success, ["success", "succeeded", "issuccess", "ok", "status", "state", "result"]),
        (
            .statusCode,
            ["statuscode", "httpstatus", "httpstatuscode", "responsecode", "responsestatus", "httpcode", "status"]
        ),
        (
            .errorType,
            [
                "errortype", "errorclass", "exceptiontype", "errorcode", "errorname", "exception", "failurereason",
                "error",
            ]
        ),
        (.stopReason, ["stopreason", "finishreason", "finishreasons"]),
        (
            .model,
            ["model", "modelname", "modelid", "responsemodel", "requestmodel", "mainmodel", "engine", "deployment"]
        ),
        (.provider, ["provider", "modelprovider", "providername", "vendor"]),
        (
            .traceID,
            ["traceid", "requestid", "reqid", "xrequestid", "correlationid", "callid", "runid", "uuid", "id"]
        ),
        (.sessionID, ["sessionid", "threadid", "chatid"]),
        (.conversationID, ["conversationid"]),
        (.userID, ["userid", "enduser", "enduserid", "customerid", "user"]),
        (.agent, ["agent", "agentname"]),
        (.agentVersion, ["agentversion", "appversion", "release", "version"]),
        (.promptVersion, ["promptversion", "promptname", "promptid"]),
        (.promptHash, ["prompthash"]),
        (.variant, ["variant", "experimentgroup", "abvariant", "experimentvariant"]),
        (.taskType, ["tasktype", "task", "usecase", "endpoint", "route", "calltype", "operation"]),
        (.environment, ["environment", "env"]),
        (.service, ["service", "servicename"]),
        (.region, ["region"]),
        (.host, ["host", "hostname"]),
        (.toolCalls, ["toolcalls", "numtoolcalls", "toolcallcount"]),
        (.steps, ["steps", "numsteps", "numturns", "turns"]),
        (.quality, ["qualityscore"]),
    ]

    /// Names that mean many things: no reason to doubt that a native record is one.
    private static let weak: Set<String> = [
        "id", "uuid", "user", "version", "status", "state", "result", "error", "exception", "task", "endpoint", "route",
        "operation", "ok", "end", "start", "date", "created", "time", "took", "runtime", "host", "env", "price",
        "release", "callid", "runid", "turns", "exception", "firsttoken", "engine", "deployment", "vendor", "spend",
    ]

    /// A field and how likely the name is to mean it: the lower the likelier.
    struct Suggestion {
        var field: Field
        var rank: Int
        var isWeak: Bool
    }

    private static let byName: [String: [Suggestion]] = {
        var table: [String: [Suggestion]] = [:]
        for (field, names) in names {
            for (rank, name) in names.enumerated() {
                table[name, default: []].append(.init(field: field, rank: rank, isWeak: weak.contains(name)))
            }
        }
        return table
    }()

    static func suggestions(_ key: String) -> (suggestions: [Suggestion], unit: FieldUnit?) {
        var words = words(key)
        if let suggestions = byName[words.joined()] {
            return (suggestions, suggestions.contains { $0.field == .latency } ? assumed(words) : nil)
        }
        guard words.count > 1, let last = words.popLast(), let unit = unit(last) else { return ([], nil) }
        return (byName[words.joined()] ?? [], unit)
    }

    /// nginx's `request_time` is in seconds; of others nothing is known.
    private static func assumed(_ words: [String]) -> FieldUnit? { words.joined() == "requesttime" ? .seconds : nil }

    private static func unit(_ word: String) -> FieldUnit? {
        switch word {
        case "ms", "msec", "msecs", "millis", "milliseconds": .milliseconds
        case "s", "sec", "secs", "seconds": .seconds
        case "us", "usec", "micros", "microseconds": .microseconds
        case "ns", "nsec", "nano", "nanos", "nanoseconds": .nanoseconds
        default: nil
        }
    }

    /// Words of `snake_case`, `camelCase`, `kebab-case` and `dotted.names`, in lower case.
    static func words(_ key: String) -> [String] {
        var words: [String] = []
        var word = ""
        var wasLower = false
        for character in key.unicodeScalars.prefix(80) {
            let isUpper = character.properties.isUppercase
            let isWord = character.properties.isAlphabetic || ("0"..."9").contains(character)
            if !isWord || isUpper && wasLower, !word.isEmpty {
                words.append(word)
                word = ""
            }
            if isWord { word += character.properties.lowercaseMapping }
            wasLower = isWord && !isUpper
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}

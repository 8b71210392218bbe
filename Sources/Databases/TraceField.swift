/// Texts that a trace has one of, whichever of its spans has it.
enum TraceField: Int, CaseIterable {
    case session, conversation, user
    case agent, service, environment, region, host
    case promptVersion, promptHash, agentVersion, indexVersion, collection
    case variant, taskType, intent, userSegment, customerTier, device, locale

    /// The key in a native record, and in `metadata`.
    var key: String {
        switch self {
        case .session: "session_id"
        case .conversation: "conversation_id"
        case .user: "user_id"
        case .agent: "agent"
        case .service: "service"
        case .environment: "environment"
        case .region: "region"
        case .host: "host"
        case .promptVersion: "prompt_version"
        case .promptHash: "prompt_hash"
        case .agentVersion: "agent_version"
        case .indexVersion: "index_version"
        case .collection: "collection"
        case .variant: "variant"
        case .taskType: "task_type"
        case .intent: "intent"
        case .userSegment: "user_segment"
        case .customerTier: "customer_tier"
        case .device: "device"
        case .locale: "locale"
        }
    }

    static func of(_ attribute: SpanAttribute) -> TraceField? {
        switch attribute {
        case .session: .session
        case .conversation: .conversation
        case .user: .user
        case .agent: .agent
        case .service: .service
        case .environment: .environment
        case .agentVersion: .agentVersion
        case .promptVersion: .promptVersion
        case .promptHash: .promptHash
        case .variant: .variant
        default: nil
        }
    }

    private static let byKey: [(key: [UInt8], field: TraceField)] =
        allCases.map { (Array($0.key.utf8), $0) } + [(Array("thread_id".utf8), .conversation)]

    /// The field that a key of `metadata` names.
    static func named(_ texts: [UInt8], _ range: Range<Int>) -> TraceField? {
        byKey.first { $0.key.count == range.count && texts[range].elementsEqual($0.key) }?.field
    }
}

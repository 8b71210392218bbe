import Canvas
import Metrics
import Monitoring
import Query

/// Which alerts a row or a page is about.
package struct AlertSubject: Sendable, Hashable {
    package var rule: String
    /// Which slice of the traffic; empty: all that the rule's alerts are about.
    package var slice: [String: String] = [:]

    /// As a prompt and a notice name it.
    var title: String { AlertTitle.text(rule, slice) }
}

/// What people say to alerts: that they see to them, that nobody is to hear of them.
extension Model {
    /// Somebody sees to it: no repeats, no escalation.
    mutating func acknowledge() -> [Effect] {
        guard let latest, let subject = subject(of: "acknowledge") else { return [] }
        let firing = latest.alerts.filter { $0.name == subject.rule && $0.state.isFiring }
        let answers = firing.map { latest.notifications.state.acknowledgement(of: $0) }
        if firing.isEmpty {
            notice = "\(subject.rule) does not fire: nothing to acknowledge"
        } else if let given = answers.compactMap(\.self).first, answers.allSatisfy({ $0 != nil }) {
            notice =
                "\(subject.rule) was acknowledged \(ClockTime(given.time).text(seconds: false)) by \(given.by)"
        } else {
            let all = subject.slice.isEmpty ? "" : ", all its slices"
            notice = "acknowledged \(subject.rule)\(all): no repeats, no escalation until it ends"
            return [.tell(.acknowledge(rule: subject.rule, by: user))]
        }
        return []
    }

    /// Asks for how long, and why.
    mutating func startSilence() {
        guard SizeClass(size) != .line, let latest, let subject = subject(of: "silence") else { return }
        var prompt = Prompt(.silence(subject))
        let now = latest.snapshot.now ?? 0
        let silence = latest.notifications.state.silences.first {
            $0.startsAt <= now && now < $0.endsAt && $0.isOf(subject)
        }
        if let silence {
            prompt.choices.append(Prompt.Choice(text: "end", help: "it is \(silence.words)"))
            prompt.ends = silence.id
        }
        prompt.choices += Self.silenceTimes.map { name, time in
            Prompt.Choice(text: name, help: "until \(ClockTime(now + time).text(seconds: false))")
        }
        prompt.chosen = 0
        self.prompt = prompt
    }

    private static let silenceTimes = [("30m", 30 * Span.minute), ("2h", 2 * Span.hour), ("8h", 8 * Span.hour)]

    /// What the prompt says.
    mutating func applySilence(_ prompt: Prompt, of subject: AlertSubject) -> [Effect] {
        self.prompt = nil
        guard let now = latest?.snapshot.now, let chosen = prompt.chosen, prompt.choices.indices.contains(chosen) else {
            return []
        }
        let choice = prompt.choices[chosen]
        if choice.text == "end", let id = prompt.ends {
            notice = "\(subject.title) is heard of again"
            return [.tell(.endSilence(id))]
        }
        guard let time = Self.silenceTimes.first(where: { $0.0 == choice.text })?.1 else { return [] }
        let comment = prompt.editor.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        notice = "silenced \(subject.title) \(choice.help)"
        return [
            .tell(
                .silence(
                    Silence(
                        of: subject.rule, labels: subject.slice, from: now, for: time, by: user, comment: comment)))
        ]
    }

    /// The alert with the focus, the page's, or the only one that fires; nil, having led to the list, where that isn't plain.
    private mutating func subject(of action: String) -> AlertSubject? {
        if case .alert(let rule, let slice) = page { return target?.alert ?? AlertSubject(rule: rule, slice: slice) }
        if page == .zoom(.alerts), let alert = target?.alert { return alert }
        let firing = Set((latest?.alerts ?? []).filter(\.state.isFiring).map(\.name))
        if page == .overview, focus == .alerts, firing.count == 1, let rule = firing.first {
            return AlertSubject(rule: rule)
        }
        if firing.isEmpty {
            notice = "nothing fires"
        } else {
            if page != .zoom(.alerts) { zoom(.alerts) }
            notice =
                "which alert? its row, then \(keys.name(of: action == "silence" ? .silence : .acknowledge) ?? action)"
        }
        return nil
    }
}

extension Silence {
    /// Whether it was given for this.
    func isOf(_ subject: AlertSubject) -> Bool {
        let labels = matchers.filter { $0.name != "rule" }.reduce(into: [:]) { $0[$1.name] = $1.value }
        return matchers.contains { $0.name == "rule" && $0.value == subject.rule && $0.isEqual }
            && (labels == subject.slice || labels.isEmpty)
    }

    /// `silenced until 14:58 by ada: known`.
    var words: String {
        "silenced until \(ClockTime(endsAt).text(seconds: false))" + (createdBy.isEmpty ? "" : " by \(createdBy)")
            + (comment.isEmpty ? "" : ": \(comment)")
    }
}

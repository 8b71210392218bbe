// simdjson's on-demand reader doing what our scanner does with a flat record: times to integers, names to small
// numbers, identifiers to hashes. Prints the number of records, median processor seconds and median clock seconds.
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <vector>

using namespace simdjson;

static double seconds(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

static uint64_t word(const char *bytes, size_t count) {
    uint64_t value = 0;
    memcpy(&value, bytes, std::min<size_t>(count, 8));
    return value;
}

static uint64_t fold(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return uint64_t(product) ^ uint64_t(product >> 64);
}

static uint64_t hash(std::string_view text) {
    uint64_t state = 0xA0761D6478BD642F;
    size_t offset = 0;
    for (; offset + 8 < text.size(); offset += 8) state = fold(state ^ word(text.data() + offset, 8), 0xE7037ED1A0B428DB);
    return fold(state ^ word(text.data() + offset, text.size() - offset), 0x8EBC6AF09C88C6E3 ^ text.size());
}

// Open addressing; names are compared in full.
struct Names {
    std::vector<std::string_view> slots = std::vector<std::string_view>(1024);
    std::vector<std::vector<char>> kept;
    std::vector<uint32_t> numbers = std::vector<uint32_t>(1024);

    uint32_t number(std::string_view text) {
        size_t place = hash(text) & 1023;
        while (!slots[place].empty()) {
            if (slots[place] == text) return numbers[place];
            place = (place + 1) & 1023;
        }
        if (kept.size() >= 512) return 0;
        kept.emplace_back(text.begin(), text.end());
        slots[place] = {kept.back().data(), kept.back().size()};
        return numbers[place] = uint32_t(kept.size());
    }
};

struct Times {
    char minuteText[16] = {};
    int64_t minute = 0;

    static int64_t digits(const char *text, int count) {
        int64_t value = 0;
        for (int i = 0; i < count; i++) value = value * 10 + (text[i] - '0');
        return value;
    }

    // Milliseconds since 1970 of "YYYY-MM-DDThh:mm:ss.mmmZ".
    int64_t read(std::string_view text) {
        if (text.size() != 24) return 0;
        if (memcmp(text.data(), minuteText, 16) != 0) {
            tm parts = {};
            parts.tm_year = int(digits(text.data(), 4)) - 1900;
            parts.tm_mon = int(digits(text.data() + 5, 2)) - 1;
            parts.tm_mday = int(digits(text.data() + 8, 2));
            parts.tm_hour = int(digits(text.data() + 11, 2));
            parts.tm_min = int(digits(text.data() + 14, 2));
            minute = int64_t(timegm(&parts)) * 1000;
            memcpy(minuteText, text.data(), 16);
        }
        return minute + digits(text.data() + 17, 2) * 1000 + digits(text.data() + 20, 3);
    }
};

struct Sums {
    uint64_t identifiers = 0, names = 0;
    int64_t times = 0, tokens = 0, failures = 0;
    double latency = 0, cost = 0;
};

static size_t read(ondemand::parser &parser, const padded_string &bytes, Sums &sums) {
    Names names;
    Times times;
    size_t records = 0;
    ondemand::document_stream stream = parser.iterate_many(bytes, 1 << 20);
    for (auto document : stream) {
        ondemand::object record = document.get_object();
        sums.identifiers ^= hash(record.find_field("trace_id").get_string());
        sums.times += times.read(record.find_field("timestamp").get_string());
        sums.identifiers ^= hash(record.find_field("session_id").get_string());
        sums.identifiers ^= hash(record.find_field("user_id").get_string());
        for (const char *key : {"model", "agent_version", "variant", "task_type"})
            sums.names += names.number(record.find_field(key).get_string());
        sums.latency += double(record.find_field("latency_ms").get_double());
        sums.latency += double(record.find_field("ttft_ms").get_double());
        for (const char *key : {"input_tokens", "output_tokens", "cached_input_tokens"})
            sums.tokens += int64_t(record.find_field(key).get_int64());
        sums.cost += double(record.find_field("cost_usd").get_double());
        if (!bool(record.find_field("success").get_bool())) sums.failures++;
        ondemand::value type = record.find_field("error_type").value();
        if (!type.is_null()) sums.names += names.number(type.get_string());
        records++;
    }
    return records;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    padded_string bytes = padded_string::load(arguments[1]);
    std::vector<double> processor, clock;
    size_t records = 0;
    Sums sums;
    ondemand::parser parser;
    for (int turn = 0; turn < atoi(arguments[2]); turn++) {
        double clockStart = seconds(CLOCK_MONOTONIC), start = seconds(CLOCK_PROCESS_CPUTIME_ID);
        records = read(parser, bytes, sums);
        processor.push_back(seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
        clock.push_back(seconds(CLOCK_MONOTONIC) - clockStart);
    }
    std::sort(processor.begin(), processor.end());
    std::sort(clock.begin(), clock.end());
    fprintf(stderr, "%llu %lld %f\n", (unsigned long long)(sums.identifiers ^ sums.names),
            (long long)(sums.times + sums.tokens + sums.failures), sums.latency + sums.cost);
    printf("%zu %f %f\n", records, processor[processor.size() / 2], clock[clock.size() / 2]);
}

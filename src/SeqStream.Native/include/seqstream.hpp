/*
 * seqstream.hpp - seqstream.h for C++17: objects that free what they own, exceptions instead of codes. Header only; link libseqstream.
 *
 *     seqstream::model model("activity");
 *     seqstream::stream stream(model);
 *     stream.push(reading);
 *     while (auto said = stream.poll()) std::cout << said->label << '\n';
 *
 * Every failing call throws seqstream::error. Objects can be moved, not copied; fork() makes a second one on purpose. Threads and lifetimes: seqstream.h.
 */
#ifndef SEQSTREAM_HPP
#define SEQSTREAM_HPP

#include <seqstream.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seqstream {

/* A call that failed: its code, and what was found, what was expected, what to do. */
class error : public std::runtime_error {
public:
    explicit error(std::int32_t code) : std::runtime_error(seqstream_last_message()), code_(code) {}

    std::int32_t code() const noexcept { return code_; }

private:
    std::int32_t code_;
};

/* Throws unless a call went well; gives back what poll functions answer. */
inline std::int32_t check(std::int32_t answer) {
    if (answer < 0) throw error(answer);
    return answer;
}

namespace detail {

/* A handle with the function that frees it. */
template <std::int32_t (*Free)(std::uint64_t)>
class handle {
public:
    handle() = default;
    handle(handle &&other) noexcept : value_(std::exchange(other.value_, 0)) {}
    handle &operator=(handle &&other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    handle(const handle &) = delete;
    handle &operator=(const handle &) = delete;
    ~handle() {
        if (value_ != 0) Free(value_);
    }

    std::uint64_t get() const noexcept { return value_; }
    std::uint64_t *out() noexcept { return &value_; }

private:
    std::uint64_t value_ = 0;
};

} // namespace detail

/* A loaded model. */
class model {
public:
    /* A bundled model's name, a folder with a card.json, or an .onnx file; folder is where names are looked up, empty for the usual places. */
    explicit model(const std::string &name, const std::string &folder = {}) { check(seqstream_model_load(name.c_str(), folder.empty() ? nullptr : folder.c_str(), handle_.out())); }

    /* A model from memory; an empty card means plain numbers. */
    model(std::string_view onnx, std::string_view card) { check(seqstream_model_load_memory(onnx.data(), onnx.size(), card.data(), card.size(), handle_.out())); }

    seqstream_model_info info() const {
        seqstream_model_info info{};
        info.struct_size = sizeof info;
        check(seqstream_model_describe(get(), &info));
        return info;
    }

    std::vector<std::string> labels() const {
        std::vector<std::string> labels;
        for (std::uint32_t i = 0, count = info().labels; i < count; i++) {
            const char *label = nullptr;
            check(seqstream_model_label(get(), i, &label));
            labels.emplace_back(label);
        }
        return labels;
    }

    std::string json() const {
        std::size_t bytes = 0;
        seqstream_model_json(get(), nullptr, 0, &bytes);
        std::string json(bytes, '\0');
        check(seqstream_model_json(get(), json.data(), json.size(), &bytes));
        return json;
    }

    seqstream_model get() const noexcept { return handle_.get(); }

private:
    detail::handle<seqstream_model_free> handle_;
};

/* A stream that is stepped by its inputs. */
class session {
public:
    explicit session(const model &of) { check(seqstream_session_create(of.get(), handle_.out())); }

    void step(const float *features, std::size_t feature_count, float *outputs, std::size_t output_count) {
        check(seqstream_session_step(get(), features, feature_count, outputs, output_count));
    }
    void step(const std::vector<float> &features, std::vector<float> &outputs) { step(features.data(), features.size(), outputs.data(), outputs.size()); }

    void reset() { check(seqstream_session_reset(get())); }

    session fork() const {
        session other;
        check(seqstream_session_fork(get(), other.handle_.out()));
        return other;
    }

    std::vector<unsigned char> save() const {
        std::size_t bytes = 0;
        seqstream_session_save(get(), nullptr, 0, &bytes);
        std::vector<unsigned char> saved(bytes);
        check(seqstream_session_save(get(), saved.data(), saved.size(), &bytes));
        return saved;
    }

    void restore(const std::vector<unsigned char> &saved) { check(seqstream_session_restore(get(), saved.data(), saved.size())); }

    seqstream_session get() const noexcept { return handle_.get(); }

private:
    session() = default;
    detail::handle<seqstream_session_free> handle_;
};

/* What a stream said. */
struct emission {
    seqstream_kind kind{};
    std::int64_t step = 0;
    double time = 0, span_start = 0, span_end = 0;
    float score = 0;
    bool is_partial = false;
    std::string label, text;
    std::vector<std::pair<std::string, std::vector<double>>> outputs;
};

/* A stream that takes frames and says emissions. */
class stream {
public:
    explicit stream(const model &of) { check(seqstream_stream_create(of.get(), handle_.out())); }

    void push(const float *numbers, std::size_t count, double time = seqstream_no_time()) { check(seqstream_stream_push(get(), numbers, count, time)); }
    void push(const std::vector<float> &numbers, double time = seqstream_no_time()) { push(numbers.data(), numbers.size(), time); }
    void push_text(std::string_view text, double time = seqstream_no_time()) { check(seqstream_stream_push_text(get(), text.data(), text.size(), time)); }
    void end() { check(seqstream_stream_end(get())); }
    void reset() { check(seqstream_stream_reset(get())); }

    std::optional<emission> poll() {
        seqstream_emission said{};
        said.struct_size = sizeof said;
        if (check(seqstream_stream_poll(get(), &said)) == 0) return std::nullopt;
        emission copy;
        copy.kind = static_cast<seqstream_kind>(said.kind);
        copy.step = said.step;
        copy.time = said.time;
        copy.span_start = said.span_start;
        copy.span_end = said.span_end;
        copy.score = said.score;
        copy.is_partial = said.is_partial != 0;
        if (said.label != nullptr) copy.label = said.label;
        copy.text.assign(said.text, said.text_bytes);
        for (std::size_t i = 0; i < said.output_count; i++)
            copy.outputs.emplace_back(said.outputs[i].name, std::vector<double>(said.outputs[i].values, said.outputs[i].values + said.outputs[i].count));
        return copy;
    }

    std::optional<std::string> poll_json() {
        std::size_t bytes = 0;
        std::string json(256, '\0');
        std::int32_t answer = seqstream_stream_poll_json(get(), json.data(), json.size(), &bytes);
        if (answer == SEQSTREAM_BUFFER_TOO_SMALL) {
            json.resize(bytes);
            answer = seqstream_stream_poll_json(get(), json.data(), json.size(), &bytes);
        }
        if (check(answer) == 0) return std::nullopt;
        json.resize(bytes);
        return json;
    }

    stream fork() const {
        stream other;
        check(seqstream_stream_fork(get(), other.handle_.out()));
        return other;
    }

    seqstream_stream get() const noexcept { return handle_.get(); }

private:
    stream() = default;
    detail::handle<seqstream_stream_free> handle_;
};

} // namespace seqstream

#endif

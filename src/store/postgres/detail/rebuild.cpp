#include "store/postgres/detail/rebuild.h"

#include "pipeline/counters.h"
#include "pipeline/fold.h"

namespace tg::store::postgres {
namespace {

using model::Event;
using model::Kind;

class Rebuilt {
 public:
  explicit Rebuilt(const StoredMessage& stored) : stored_(stored), events_(stored.versions) {}

  std::vector<Event> events(bool seen_when_received) {
    add_first(seen_when_received);
    add_arrival();
    if (stored_.deleted) add_deletion();
    if (!stored_.counters.empty()) add_counters();
    return std::move(events_);
  }

  static pipeline::State folded(const std::vector<Event>& events) {
    pipeline::State state;
    for (auto event : events) {
      if (!event.seq) event.seq = model::Seq{state.last.value + 1};
      pipeline::apply(state, event, pipeline::facts_of(event));
    }
    return state;
  }

 private:
  bool has(model::Seq seq) const {
    return std::any_of(events_.begin(), events_.end(), [seq](const Event& event) { return event.seq == seq; });
  }

  void insert(Event event) {
    const auto place = event.seq
                           ? std::upper_bound(events_.begin(), events_.end(), event.seq,
                                              [](model::Seq seq, const Event& e) { return !e.seq || seq < e.seq; })
                           : events_.end();
    events_.insert(place, std::move(event));
  }

  // One that says nothing of the content, observed at this time.
  Event beside(Kind kind, model::Seq seq, model::Time at) const {
    Event event;
    event.key = stored_.key;
    event.seq = seq;
    event.kind = kind;
    event.origin = stored_.origin;
    event.source = stored_.source;
    event.account = stored_.account;
    event.observed_at = at;
    event.recorded_at = std::max(at, stored_.updated);
    event.n = at.us;
    const auto& current = content();
    event.edit_date = current.edit_date;
    event.message = current.message;
    return event;
  }

  const Event& content() const {
    const auto found = std::find_if(stored_.versions.begin(), stored_.versions.end(),
                                    [this](const Event& event) { return event.seq == stored_.content; });
    return found == stored_.versions.end() ? stored_.versions.back() : *found;
  }

  // The newest event's place, where nothing else has it and all else came before.
  model::Seq last_place() const {
    const auto newest =
        std::max_element(events_.begin(), events_.end(), [](const Event& a, const Event& b) { return a.seq < b.seq; });
    return newest->seq < stored_.last ? stored_.last : model::Seq{};
  }

  // What it showed was completed by another source since, or replaced by the server's own word.
  void add_first(bool seen_when_received) {
    if (!stored_.first || stored_.first >= stored_.versions.front().seq) return;
    Event event = stored_.versions.front();
    event.seq = stored_.first;
    event.kind = Kind::created;
    event.n = 0;
    event.origin = stored_.origin;
    event.offered = stored_.offered && stored_.arrival == stored_.first;
    event.superseded = false;
    if (seen_when_received) event.observed_at = stored_.received;
    event.recorded_at = stored_.created;
    insert(std::move(event));
  }

  // The event by which consumers were offered it.
  void add_arrival() {
    if (!stored_.offered || has(stored_.arrival)) return;
    const auto next = std::find_if(stored_.versions.begin(), stored_.versions.end(),
                                   [this](const Event& event) { return event.seq > stored_.arrival; });
    if (stored_.reprocess || stored_.asked_again || next == stored_.versions.end()) {
      Event order =
          beside(Kind::reprocess, stored_.arrival, stored_.asked_again ? stored_.asked_again : stored_.updated);
      order.offered = true;
      insert(std::move(order));
      return;
    }
    Event event = *next;
    event.seq = stored_.arrival;
    event.kind = Kind::edited;
    event.n = 0;
    event.offered = true;
    insert(std::move(event));
  }

  void add_deletion() {
    Event event = beside(Kind::deleted, last_place(), stored_.deleted);
    event.erased = stored_.erased;
    insert(std::move(event));
  }

  void add_counters() {
    const auto state = folded(events_);
    if (pipeline::same_counts(pipeline::known_counters(state.counters), pipeline::known_counters(stored_.counters))) {
      return;
    }
    Event event = beside(Kind::counters, last_place(), stored_.updated);
    event.message = "{\"counters\":" + stored_.counters + "}";
    insert(std::move(event));
  }

  const StoredMessage& stored_;
  std::vector<Event> events_;
};

}  // namespace

// When it was received says when the first content was seen, unless a source that knew better has told it since: the
// content that is current then shows which it was.
std::vector<model::Event> events_of(const StoredMessage& stored) {
  auto events = Rebuilt(stored).events(true);
  const auto state = Rebuilt::folded(events);
  if (state.has_content() && state.now().seq == stored.content) return events;
  return Rebuilt(stored).events(false);
}

}  // namespace tg::store::postgres

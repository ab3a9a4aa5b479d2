#include "store/local/local_store.h"
#include "unit/store_contract/house.h"

namespace tg::test {
namespace {

class LocalBackend : public Backend {
 public:
  LocalBackend(Rooms& rooms, const store::LocalStore::Options& options)
      : store_(*rooms.journal, rooms.intake.get(), *rooms.generations, *rooms.metrics, options) {}

  store::Store& store() override { return store_; }
  Result<void> settle() override { return {}; }
  Result<void> index() override {
    if (store_.wait_caught_up(std::chrono::minutes(1))) return {};
    return Error{Code::timeout, "the index is not done after a minute", ""};
  }

 private:
  store::LocalStore store_;
};

}  // namespace

std::unique_ptr<Backend> local_backend(Rooms& rooms, const Limits& limits) {
  store::LocalStore::Options options;
  options.search = limits.search;
  options.scan_budget = limits.scan_budget;
  options.most_unmarked = limits.most_unmarked;
  options.most_consumers = limits.most_consumers;
  return std::make_unique<LocalBackend>(rooms, options);
}

}  // namespace tg::test

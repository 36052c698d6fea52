// The keys of a job, of `output` and of `run`.
#include <functional>
#include <vector>

#include "config/job/job.hpp"
#include "config/keys/kinds.hpp"
#include "config/keys/table.hpp"

namespace xrdct::config {
namespace json = boost::json;

// of scan_keys.cpp, calibration_keys.cpp and reduction_keys.cpp
extern template struct Object<Scan>;
extern template struct Object<CalibrationFiles>;
extern template struct Object<Corrections>;
extern template struct Object<ReductionJob>;

namespace {

struct Reductions {
  using List = std::vector<ReductionJob>;
  void read(JsonItem const& item, List& to) const {
    auto const items = item.items("a list of reductions", R"([{"unit": "q_nm^-1", "bins": 1000}])");
    if (!items) return;
    if (items->empty()) item.reject("at least one reduction", "the shortest is {}");
    for (auto const& entry : *items) Object<ReductionJob>().read(entry, to.emplace_back());
  }
  json::value write(List const& from) const {
    json::array out;
    for (auto const& reduction : from) out.push_back(Object<ReductionJob>().write(reduction));
    return out;
  }
  json::object schema(List const&) const {
    return {{"type", "array"}, {"minItems", 1}, {"items", Object<ReductionJob>().schema({})}};
  }
};

}  // namespace

template <>
struct Table<Output> {
  static constexpr ObjectForm form{.example = R"({"file": "scan_xrdct.h5"})",
                                   .key_of_text = "file"};
  static constexpr std::tuple keys{
      key("file", &Output::file, Text("a file to be written"),
          "HDF5 file to be written. Its name ends with .h5, .hdf5, .hdf or .nxs, or has no ending. "
          "While the run goes on it is <file>.part.",
          {.required = "a file to be written"}),
      key("overwrite", &Output::overwrite, Flag(),
          "Replace an output that xrdct wrote; never anything else, and no input."),
      key("verify", &Output::verify, Flag(),
          "Read the output back and compare it with its checksums before it takes its name.")};
};
template struct Object<Output>;

template <>
struct Table<Run> {
  static constexpr ObjectForm form{
      .example = R"({"engine": "fused"})", .key_of_text = "engine", .key_of_number = "threads"};
  static constexpr std::tuple keys{
      key("engine", &Run::engine, Words<core::Engine>(),
          "fused: decode and integrate block by block in cache, on a GPU all there. spmm: decode "
          "whole frames, then a sparse matrix product; slower, the cross-check of the first."),
      key("writer", &Run::writer, Words<core::Writer>(),
          "How ranks write: by MPI-IO together or each for itself, or with pwrite. The bytes are "
          "the same.",
          {.stored = false}),
      key("threads", &Run::threads, Whole(0, 65'536),
          "Threads per rank. 0: OMP_NUM_THREADS, else the processors of the rank.",
          {.stored = false}),
      key("commit_s", &Run::commit_s, Number(0.0),
          "Seconds between two entries of the journal: how much work a kill can cost. 0: after "
          "each block.",
          {.stored = false}),
      key("watchdog_s", &Run::watchdog_s, Whole(0, 1'000'000),
          "Seconds without anything read, reduced or written on any rank after which the run ends, "
          "with status 98. 0: never.",
          {.stored = false})};
};
template struct Object<Run>;

template <>
struct Table<Job> {
  static constexpr ObjectForm form{};
  static constexpr std::tuple keys{
      key("$schema", std::identity(), SchemaPath(),
          "Path or URL of this schema, for editors. Decides nothing and is not stored.",
          {.stored = false, .default_in_schema = false}),
      key("scan", &Job::scan, Object<Scan>(), "The frames and where each was taken.",
          {.required = "an object with the files of the scan"}),
      key("calibration", &Job::calibration, Object<CalibrationFiles>(),
          "Geometry, masks and images of the detector.",
          {.required = "an object with the PONI file"}),
      key("corrections", &Job::corrections, Object<Corrections>(), "Corrections of the intensity."),
      key("reductions", &Job::reductions, Reductions(),
          "What is made of each frame; each gets a group of its own in the output. The first is "
          "what a viewer shows.",
          {.required = "a list of reductions"}),
      key("output", &Job::output, Object<Output>(), "Where the result goes. Not stored in it.",
          {.required = "an object with the file to be written", .stored = false}),
      key("run", &Job::run, Object<Run>(), "How the work is done.")};
};
template struct Object<Job>;

}  // namespace xrdct::config

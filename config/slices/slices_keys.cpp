// The keys of the job of a reconstruction. Which of them may stand there depends on its algorithm.
#include <functional>

#include "config/keys/kinds.hpp"
#include "config/keys/table.hpp"
#include "config/slices/slices_job.hpp"

namespace xrdct::config {
namespace {

constexpr Beside filters{"algorithm", {"fbp"}, "the algorithm fbp"};
constexpr Beside iterates{"algorithm", {"sirt", "cgls"}, "the algorithms sirt and cgls"};
constexpr Beside is_sirt{"algorithm", {"sirt"}, "the algorithm sirt"};
constexpr int most_voxels_of_side = 32'768;

}  // namespace

template <>
struct Table<Sinograms> {
  static constexpr ObjectForm form{.example = R"({"file": "scan_xrdct.h5"})",
                                   .key_of_text = "file"};
  static constexpr std::tuple keys{
      key("file", &Sinograms::file, Text("an output of reduce"), "An output of xrdct reduce.",
          {.required = "an output of xrdct reduce"}),
      key("reductions", &Sinograms::reductions, TextList{"reduction", R"(["mean"])", 0},
          "Names of the reductions that become slices. Empty: all but those of the method maximum, "
          "which is no sum along a ray."),
      key("radial_range", &Sinograms::radial_range, Nullable(Range()),
          "The channels whose radial positions lie in this range, in the unit of the reduction. "
          "null: all.")};
};
template struct Object<Sinograms>;

template <>
struct Table<SliceGrid> {
  static constexpr ObjectForm form{.example = R"({"centre": 60.2})", .key_of_number = "centre"};
  static constexpr std::tuple keys{
      key("side", &SliceGrid::side, Nullable(Whole(1, most_voxels_of_side)),
          "Voxels along one side of a slice, each as wide as a step of the translation. null: as "
          "many as there are translations."),
      key("centre", &SliceGrid::centre, Nullable(Number()),
          "Centre of rotation, as an index of translations: 0 is the middle of the first. null: it "
          "is looked for."),
      key("sense", &SliceGrid::sense, Words<core::Sense>(),
          "How the sample turns with rising angle, seen from the end of the height axis.")};
};
template struct Object<SliceGrid>;

template <>
struct Table<Reconstruction> {
  static constexpr ObjectForm form{.example = R"({"algorithm": "fbp"})",
                                   .key_of_text = "algorithm"};
  static constexpr std::tuple keys{
      key("algorithm", &Reconstruction::algorithm, Words<core::SliceAlgorithm>(),
          "fbp: filtered back projection. sirt: simultaneous iterative reconstruction. cgls: least "
          "squares by conjugate gradients."),
      key("window", &Reconstruction::window, Words<core::FilterWindow>(),
          "With fbp: what the ramp is multiplied by over frequency; all but none smooth.",
          {.beside = filters}),
      key("errors", &Reconstruction::errors, Flag(),
          "With fbp: write the standard deviation of every voxel, where the sinograms have errors.",
          {.beside = filters}),
      key("footprint", &Reconstruction::footprint, Words<core::Footprint>(),
          "With sirt and cgls: how a voxel is seen: interpolated between two translations, or by "
          "its area in the strip of each, which takes three times as long.",
          {.beside = iterates}),
      key("iterations", &Reconstruction::iterations, Whole(1, 100'000),
          "With sirt and cgls: number of iterations, at most.", {.beside = iterates}),
      key("replicas", &Reconstruction::replicas, Whole(0, 1000),
          "With sirt and cgls: copies with other noise, of which the errors of voxels follow; 16 "
          "give them to 18 %. 0: no errors.",
          {.beside = iterates}),
      key("relaxation", &Reconstruction::relaxation, Number(1e-6, 2.0),
          "With sirt: share of each step that is made.", {.beside = is_sirt}),
      key("non_negative", &Reconstruction::non_negative, Flag(),
          "With sirt: values below 0 become 0 after each step.", {.beside = is_sirt}),
      key("stop", &Reconstruction::stop, Words<core::StopRule>(),
          "With sirt: iterations: after all. noise: earlier, for each channel, when its residual "
          "is not larger than the errors of its samples.",
          {.beside = is_sirt})};
};
template struct Object<Reconstruction>;

template <>
struct Table<Air> {
  static constexpr ObjectForm form{.example = R"({"translations": 3})",
                                   .key_of_number = "translations"};
  static constexpr std::tuple keys{
      key("translations", &Air::translations, Nullable(Whole(1, 10'000)),
          "Number of translations at each end of a line that see air alone, at most a quarter of "
          "it. null: 2 to 8, a fortieth of the line."),
      key("per", &Air::per, Words<core::AirScope>(),
          "projection: each projection has an air of its own, which follows the beam. scan: all of "
          "a height have the same, with less noise.")};
};
template struct Object<Air>;

template <>
struct Table<Zingers> {
  static constexpr ObjectForm form{.example = R"({"threshold": 6})", .key_of_number = "threshold"};
  static constexpr std::tuple keys{
      key("threshold", &Zingers::threshold, Number(1.0, 1000.0),
          "Samples more than this many standard deviations of the noise off their neighbours are "
          "left out.")};
};
template struct Object<Zingers>;

template <>
struct Table<Conditioning> {
  static constexpr ObjectForm form{.example = R"({"air": {"translations": 3}})"};
  static constexpr std::tuple keys{
      key("air", &Conditioning::air, Nullable(Object<Air>()),
          "Subtract the mean of the outermost translations, channel by channel. null: nothing."),
      key("intensity", &Conditioning::intensity, Words<core::IntensityRule>(),
          "Make the intensity of all projections equal. total: by their total scattering; not for "
          "samples that leave the field, absorb strongly or are textured. The monitor is better."),
      key("zingers", &Conditioning::zingers, Nullable(Object<Zingers>()),
          "Leave out single samples that stick out. null: none.")};
};
template struct Object<Conditioning>;

template <>
struct Table<SlicesOutput> {
  static constexpr ObjectForm form{.example = R"({"file": "scan_slices.h5"})",
                                   .key_of_text = "file"};
  static constexpr std::tuple keys{
      key("file", &SlicesOutput::file, Text("a file to be written"),
          "HDF5 file to be written. Not given: that of the sinograms, with _slices.",
          {.default_in_schema = false}),
      key("overwrite", &SlicesOutput::overwrite, Flag(),
          "Replace an output that xrdct wrote; never anything else, and no input."),
      key("verify", &SlicesOutput::verify, Flag(),
          "Read the output back and compare it with its checksums before it takes its name.")};
};
template struct Object<SlicesOutput>;

template <>
struct Table<SlicesRun> {
  static constexpr ObjectForm form{.example = R"({"threads": 8})", .key_of_number = "threads"};
  static constexpr std::tuple keys{
      key("writer", &SlicesRun::writer, Words<core::Writer>(),
          "How ranks write: by MPI-IO together or each for itself, or with pwrite. The bytes are "
          "the same."),
      key("threads", &SlicesRun::threads, Whole(0, 65'536),
          "Threads per rank. 0: OMP_NUM_THREADS, else the processors of the rank."),
      key("commit_s", &SlicesRun::commit_s, Number(0.0),
          "Seconds between two entries of the journal: how much work a kill can cost. 0: after "
          "each unit."),
      key("watchdog_s", &SlicesRun::watchdog_s, Whole(0, 1'000'000),
          "Seconds without anything done on any rank after which the run ends, with status 98. 0: "
          "never.")};
};
template struct Object<SlicesRun>;

template <>
struct Table<SlicesJob> {
  static constexpr ObjectForm form{};
  static constexpr std::tuple keys{
      key("$schema", std::identity(), SchemaPath(),
          "Path or URL of this schema, for editors. Decides nothing and is not stored.",
          {.stored = false, .default_in_schema = false}),
      key("sinograms", &SlicesJob::sinograms, Object<Sinograms>(), "Which sinograms become slices.",
          {.required = "an object with the file of sinograms"}),
      key("grid", &SlicesJob::grid, Object<SliceGrid>(), "The voxels, and where they are."),
      key("reconstruction", &SlicesJob::reconstruction, Object<Reconstruction>(),
          "How slices follow from sinograms."),
      key("conditioning", &SlicesJob::conditioning, Object<Conditioning>(),
          "What is done to the sinograms before, each step as it is found on the sum over "
          "channels."),
      key("output", &SlicesJob::output, Object<SlicesOutput>(),
          "Where the result goes. Not stored in it.", {.stored = false}),
      key("run", &SlicesJob::run, Object<SlicesRun>(), "How the work is done. Not stored.",
          {.stored = false})};
};
template struct Object<SlicesJob>;

}  // namespace xrdct::config

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>
#include <span>
#include <tuple>

#include "core/words/words.hpp"
#include "io/codec/decode.hpp"
#include "io/frames/hdf5_frames.hpp"
#include "io/hdf5/hdf5_handle.hpp"
#include "tests/app/command.hpp"

/// Frames that cannot be read or decoded are marked, alone, whatever is wrong with them.
namespace xrdct::test {
namespace {

using core::FrameStatus;
using io::Hdf5Dataset;
using io::Hdf5File;
using io::Hdf5Properties;
using io::Hdf5Space;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Bytes = std::vector<std::byte>;
using Dims = std::vector<hsize_t>;
/// The status of each frame that is not good.
using Bad = std::map<std::size_t, FrameStatus>;

constexpr hsize_t frames = 48, rows = 64, columns = 80;
constexpr std::size_t bins = 100, dark_frame = 2;
char const* const frames_path = "/entry/data/data";

Hdf5File opened(std::filesystem::path const& file) {
  auto const access = io::unlocked_file_access();
  return {H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()), "open " + file.string()};
}

template <class T>
std::vector<T> values_of(std::filesystem::path const& file, std::string const& path, hid_t type) {
  auto const open = opened(file);
  Hdf5Dataset const dataset(H5Dopen2(open.get(), path.c_str(), H5P_DEFAULT), "open " + path);
  Hdf5Space const space(H5Dget_space(dataset.get()), "read a shape");
  std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
  io::hdf5_checked(H5Dread(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                   "read " + path);
  return values;
}

/// A file with a dataset of frames that nobody has written.
class FramesFile {
 public:
  FramesFile(std::filesystem::path const& file, hsize_t number, Hdf5Properties const& creation)
      : file_(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), "create a file") {
    Dims const dims{number, rows, columns}, most{H5S_UNLIMITED, rows, columns};
    bool const chunked = H5Pget_layout(creation.get()) == H5D_CHUNKED;
    Hdf5Space const space(H5Screate_simple(3, dims.data(), chunked ? most.data() : nullptr),
                          "make a space");
    Hdf5Properties const links(H5Pcreate(H5P_LINK_CREATE), "make properties");
    H5Pset_create_intermediate_group(links.get(), 1);
    dataset_ = Hdf5Dataset(H5Dcreate2(file_.get(), frames_path, H5T_STD_U32LE, space.get(),
                                      links.get(), creation.get(), H5P_DEFAULT),
                           "create the frames");
  }
  void write(hsize_t first_frame, Bytes const& chunk, std::uint32_t mask = 0) {
    Dims const offset{first_frame, 0, 0};
    io::hdf5_checked(H5Dwrite_chunk(dataset_.get(), H5P_DEFAULT, mask, offset.data(), chunk.size(),
                                    chunk.data()),
                     "write a chunk");
  }

 private:
  Hdf5File file_;
  Hdf5Dataset dataset_;
};

Hdf5Properties chunks_of(hsize_t frames_each) {
  Hdf5Properties creation(H5Pcreate(H5P_DATASET_CREATE), "make properties");
  Dims const chunk{frames_each, rows, columns};
  H5Pset_chunk(creation.get(), 3, chunk.data());
  return creation;
}

Hdf5Properties bitshuffled() {
  auto creation = chunks_of(1);
  unsigned const values[] = {0, 3, 4, 0, 2};
  H5Pset_filter(creation.get(), 32008, H5Z_FLAG_OPTIONAL, 5, values);
  return creation;
}

/// The stored bytes of all frames of a simulated scan.
std::vector<Bytes> stored_frames(std::filesystem::path const& file) {
  auto const open = opened(file);
  Hdf5Dataset const dataset(H5Dopen2(open.get(), frames_path, H5P_DEFAULT), "open the frames");
  std::vector<Bytes> all;
  for (hsize_t f = 0; f < frames; ++f) {
    Dims const offset{f, 0, 0};
    hsize_t size = 0;
    io::hdf5_checked(H5Dget_chunk_storage_size(dataset.get(), offset.data(), &size), "find");
    auto& bytes = all.emplace_back(size);
    std::uint32_t mask = 0;
    io::hdf5_checked(H5Dread_chunk(dataset.get(), H5P_DEFAULT, offset.data(), &mask, bytes.data()),
                     "read");
  }
  return all;
}

Bytes decoded(Bytes const& stored) {
  codec::FrameDecoder decoder({rows, columns},
                              {core::PixelType::u32, core::Filter::bitshuffle_lz4});
  Bytes pixels(rows * columns * 4);
  EXPECT_EQ(decoder.decode({stored, true, FrameStatus::good}, pixels), codec::DecodeStatus::ok);
  return pixels;
}

/// How one frame per chunk may be damaged.
Bad write_damaged_chunks(std::filesystem::path const& file, std::vector<Bytes> const& stored) {
  Bad bad;
  FramesFile target(file, frames, bitshuffled());
  for (std::size_t f = 0; f < frames; ++f) {
    Bytes chunk = stored[f];
    switch (f) {
      case 5:  // never written
        bad[f] = FrameStatus::unreadable;
        continue;
      case 13:  // the end is missing
        chunk.resize(chunk.size() / 2);
        bad[f] = FrameStatus::corrupt;
        break;
      case 14:  // a header that cannot be
        std::fill_n(chunk.begin(), 12, std::byte{0xff});
        bad[f] = FrameStatus::corrupt;
        break;
      case 20:  // broken in the last block, when all others are decoded
        std::fill(chunk.end() - 200, chunk.end(), std::byte{0xff});
        bad[f] = FrameStatus::corrupt;
        break;
      case 31:  // larger than any stored frame
        chunk.resize(3 * rows * columns * 4);
        bad[f] = FrameStatus::unreadable;
        break;
      case 40:  // stored without the filter, and too short for that
        target.write(f, chunk, 1);
        bad[f] = FrameStatus::unreadable;
        continue;
      case 47:
        chunk.resize(1);
        bad[f] = FrameStatus::corrupt;
        break;
      default:
        break;
    }
    target.write(f, chunk);
  }
  return bad;
}

/// Two frames in each chunk; chunk 3 is broken, chunk 5 was never written.
Bad write_damaged_pairs(std::filesystem::path const& file, std::vector<Bytes> const& stored) {
  auto const creation = chunks_of(2);
  H5Pset_deflate(creation.get(), 1);
  FramesFile target(file, frames, creation);
  for (hsize_t f = 0; f < frames; f += 2) {
    if (f == 10) continue;
    Bytes pair = decoded(stored[f]);
    auto const second = decoded(stored[f + 1]);
    pair.insert(pair.end(), second.begin(), second.end());
    if (f == 6)
      target.write(f, Bytes(1000, std::byte{0x55}));
    else
      target.write(f, pair, 1);
  }
  return {{6, FrameStatus::corrupt},
          {7, FrameStatus::corrupt},
          {10, FrameStatus::unreadable},
          {11, FrameStatus::unreadable}};
}

void map(Hdf5Properties const& creation, hsize_t first, hsize_t number) {
  Dims const dims{frames, rows, columns}, from{first, 0, 0}, count{number, rows, columns};
  Hdf5Space const space(H5Screate_simple(3, dims.data(), nullptr), "make a space");
  H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr);
  io::hdf5_checked(H5Pset_virtual(creation.get(), space.get(), "scan.h5", frames_path, space.get()),
                   "map");
}

/// A virtual dataset that has no source for two frames.
Bad write_gap(std::filesystem::path const& file, std::vector<Bytes> const&) {
  Hdf5Properties const creation(H5Pcreate(H5P_DATASET_CREATE), "make properties");
  map(creation, 0, 18);
  map(creation, 20, frames - 20);
  FramesFile const target(file, frames, creation);
  return {{18, FrameStatus::unreadable}, {19, FrameStatus::unreadable}};
}

/// All places were prepared, and the scan ended early.
Bad write_half_of_the_frames(std::filesystem::path const& file, std::vector<Bytes> const& stored) {
  Bad bad;
  FramesFile target(file, frames, bitshuffled());
  for (std::size_t f = 0; f < frames; ++f) {
    if (f < 25)
      target.write(f, stored[f]);
    else
      bad[f] = FrameStatus::unreadable;
  }
  return bad;
}

/// As many frames as there were until the scan ended early.
Bad write_fewer_frames(std::filesystem::path const& file, std::vector<Bytes> const& stored) {
  Bad bad;
  FramesFile target(file, 25, bitshuffled());
  for (std::size_t f = 0; f < frames; ++f) {
    if (f < 25)
      target.write(f, stored[f]);
    else
      bad[f] = FrameStatus::missing;
  }
  return bad;
}

using WriteDamage = Bad(std::filesystem::path const&, std::vector<Bytes> const&);

/// A simulated scan, job.json, and bad.json for the same with other files.
class BadFrames : public testing::Test {
 protected:
  void SetUp() override {
    io::silence_hdf5();
    folder_ = fresh_folder();
    simulated_scan(folder_, "--monitor-drift 0.3");
    auto const job = folder_ / "scan" / "job.json";
    replace_in(job, "\"monitor\": {",
               "\"incomplete\": \"nan\", \"monitor\": {\"file\": \"scan.h5\", ");
    replace_in(
        job, "\"reductions\": [",
        "\"reductions\": [{\"name\": \"clipped\", \"method\": \"sigma_clip\", \"bins\": 100, "
        "\"splitting\": \"none\"}, ");
    std::filesystem::copy_file(job, folder_ / "scan" / "bad.json");
    replace_in(folder_ / "scan" / "bad.json", "\"files\": [\"scan.h5\"]",
               "\"files\": [\"bad.h5\"]");
    stored_ = stored_frames(folder_ / "scan" / "scan.h5");
    close_the_shutter();
  }

  /// At one frame, in both jobs.
  void close_the_shutter() {
    auto const access = io::unlocked_file_access();
    std::filesystem::path const file = folder_ / "scan" / "scan.h5";
    Hdf5File const open(H5Fopen(file.c_str(), H5F_ACC_RDWR, access.get()), "open the scan");
    Hdf5Dataset const monitor(H5Dopen2(open.get(), "/entry/monitor/data", H5P_DEFAULT), "open");
    std::vector<double> values(frames);
    H5Dread(monitor.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    values[dark_frame] = 0.0;
    H5Dwrite(monitor.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
  /// It has a value for each frame of the files, and those of a scan that ended early are fewer.
  void leave_out_the_monitor() {
    for (auto const* job : {"job.json", "bad.json"})
      replace_in(folder_ / "scan" / job,
                 "{\"file\": \"scan.h5\", \"dataset\": \"/entry/monitor/data\", "
                 "\"reference\": 1e+05}",
                 "null");
  }

  Bad damage(WriteDamage& write) { return write(folder_ / "scan" / "bad.h5", stored_); }
  void stop_at_bad_frames() {
    replace_in(folder_ / "scan" / "bad.json", "\"incomplete\"",
               "\"bad_frames\": \"error\", \"incomplete\"");
  }

  void expect_values(std::string const& name, Bad const& bad) {
    for (std::string const field : {"I", "I_errors", "count"}) {
      std::string const path = "/entry/" + name + "/" + field;
      auto const clean = values_of<float>(folder_ / "clean.h5", path, H5T_NATIVE_FLOAT);
      auto const found = values_of<float>(folder_ / "bad.h5", path, H5T_NATIVE_FLOAT);
      ASSERT_EQ(found.size(), frames * bins);
      for (std::size_t f = 0; f < frames; ++f) {
        auto const of = [&](auto const& all) { return std::span(all).subspan(f * bins, bins); };
        if (!bad.contains(f)) {
          EXPECT_EQ(std::memcmp(of(found).data(), of(clean).data(), bins * 4), 0) << path << f;
        } else {
          for (float const value : of(found))
            EXPECT_TRUE(field == "count" ? value == 0.0f : std::isnan(value)) << path << f;
        }
      }
    }
    for (std::string const field : {"used", "masked", "invalid", "out_of_range", "rejected"}) {
      std::string const path = "/entry/frames/" + name + "/" + field;
      auto const clean = values_of<std::int64_t>(folder_ / "clean.h5", path, H5T_NATIVE_INT64);
      auto const found = values_of<std::int64_t>(folder_ / "bad.h5", path, H5T_NATIVE_INT64);
      for (std::size_t f = 0; f < frames; ++f)
        EXPECT_EQ(found[f], bad.contains(f) ? 0 : clean[f]) << path << f;
    }
  }

  /// Exactly these frames are marked; all other values are those of the clean scan.
  void expect_marked(Bad const& bad) {
    std::string const frames_group = "/entry/frames/";
    auto const clean =
        values_of<std::uint8_t>(folder_ / "clean.h5", frames_group + "status", H5T_NATIVE_UINT8);
    auto const status =
        values_of<std::uint8_t>(folder_ / "bad.h5", frames_group + "status", H5T_NATIVE_UINT8);
    auto const index =
        values_of<std::int64_t>(folder_ / "bad.h5", frames_group + "index", H5T_NATIVE_INT64);
    for (std::size_t f = 0; f < frames; ++f) {
      auto const expected = bad.contains(f) ? bad.at(f) : static_cast<FrameStatus>(clean[f]);
      EXPECT_EQ(status[f], static_cast<int>(expected)) << f;
      EXPECT_EQ(index[f], expected == FrameStatus::missing ? -1 : static_cast<std::int64_t>(f));
    }
    expect_values("mean", bad);
    expect_values("clipped", bad);
  }

  void expect_told(Outcome const& run, Bad const& bad) {
    std::map<FrameStatus, int> counts;
    for (auto const& [frame, status] : bad) ++counts[status];
    auto const log = read_text(folder_ / "bad.h5.log.json");
    for (auto const& [status, words] :
         {std::pair(FrameStatus::missing, std::pair("missing", "are missing")),
          std::pair(FrameStatus::unreadable, std::pair("unreadable", "cannot be read")),
          std::pair(FrameStatus::corrupt, std::pair("corrupt", "cannot be decoded"))}) {
      std::string const count = std::to_string(counts[status]);
      EXPECT_THAT(log, HasSubstr(std::string("\"frames_") + words.first + "\":" + count + ","));
      if (counts[status] == 0) continue;
      EXPECT_THAT(log, HasSubstr(std::string("{\"status\":\"") + words.first + "\",\"places\":"));
      EXPECT_THAT(run.out, HasSubstr(count + " " + words.first));
      EXPECT_THAT(run.errors, HasSubstr(count + " of 48 frames " + words.second));
    }
    EXPECT_THAT(log, HasSubstr("\"bad_frames_not_listed\":0,"));
  }

  std::filesystem::path folder_;
  std::vector<Bytes> stored_;
};

class BadFramesOfRuns : public BadFrames,
                        public testing::WithParamInterface<std::tuple<int, std::string>> {
 protected:
  void expect_only_marked(WriteDamage& write) {
    auto const& [ranks, engine] = GetParam();
    std::string const options = "--overwrite --threads 2 --engine " + engine;
    auto const clean = xrdct(folder_, "reduce scan/job.json --output clean.h5 " + options, ranks);
    ASSERT_TRUE(clean.status == 0 || clean.status == 4) << clean.errors;
    auto const bad = damage(write);
    auto const run = xrdct(folder_, "reduce scan/bad.json --output bad.h5 " + options, ranks);
    ASSERT_EQ(run.status, 4) << run.errors << run.out;
    expect_marked(bad);
    expect_told(run, bad);
  }
};

TEST_P(BadFramesOfRuns, OneFramePerChunk) { expect_only_marked(write_damaged_chunks); }
TEST_P(BadFramesOfRuns, SeveralFramesPerChunk) { expect_only_marked(write_damaged_pairs); }
TEST_P(BadFramesOfRuns, AGapInAVirtualDataset) { expect_only_marked(write_gap); }
TEST_P(BadFramesOfRuns, FramesThatWereNeverWritten) {
  expect_only_marked(write_half_of_the_frames);
}
TEST_P(BadFramesOfRuns, AScanThatEndedEarly) {
  leave_out_the_monitor();
  expect_only_marked(write_fewer_frames);
}
INSTANTIATE_TEST_SUITE_P(RanksAndEngines, BadFramesOfRuns,
                         testing::Combine(testing::Values(1, 3), testing::Values("fused", "spmm")),
                         [](auto const& one) {
                           return std::get<1>(one.param) + "_" +
                                  std::to_string(std::get<0>(one.param));
                         });

TEST_F(BadFrames, AreErrorsWhereTheJobSaysSo) {
  damage(write_damaged_chunks);
  stop_at_bad_frames();
  auto const alone = xrdct(folder_, "reduce scan/bad.json --output bad.h5");
  EXPECT_EQ(alone.status, 3);
  EXPECT_THAT(alone.errors,
              AllOf(HasSubstr("cannot read frame 5 ("), HasSubstr("never written"),
                    HasSubstr("\"bad_frames\": \"mark\""), Not(HasSubstr("frame 13"))));
  EXPECT_EQ(xrdct(folder_, "reduce scan/bad.json --output bad.h5", 3).status, 3);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "bad.h5"));
  auto const check = xrdct(folder_, "check scan/bad.json");
  EXPECT_EQ(check.status, 3);
  EXPECT_THAT(check.errors, HasSubstr("cannot read frame 5 ("));
}

TEST_F(BadFrames, AreToldByCheckAsFarAsTheyAreSeen) {
  auto const warned = [&](WriteDamage& write) {
    damage(write);
    auto const check = xrdct(folder_, "check scan/bad.json --output bad.h5");
    EXPECT_EQ(check.status, 0) << check.errors;
    EXPECT_THAT(check.errors, HasSubstr("exit status 4"));
    return check.errors;
  };
  EXPECT_THAT(warned(write_damaged_chunks),  // of frames 5, 31
              AllOf(HasSubstr("2 of 48 frames cannot be read (the first: cannot read frame 5 ("),
                    HasSubstr("never written")));
  EXPECT_THAT(warned(write_damaged_pairs), HasSubstr("2 of 48 frames cannot be read"));
  EXPECT_THAT(warned(write_gap), AllOf(HasSubstr("2 of 48 frames cannot be read"),
                                       HasSubstr("no mapping of the virtual dataset covers it")));
  EXPECT_THAT(warned(write_half_of_the_frames), HasSubstr("23 of 48 frames cannot be read"));
  leave_out_the_monitor();
  EXPECT_THAT(warned(write_fewer_frames), HasSubstr("23 of 48 places have no frame"));
}

TEST_F(BadFrames, AreAnErrorWhereNoneIsGood) {
  ASSERT_EQ(xrdct(folder_, "reduce scan/job.json --output bad.h5").status, 4);
  auto const good = read_text(folder_ / "bad.h5");
  FramesFile(folder_ / "scan" / "bad.h5", frames, bitshuffled());
  for (int const ranks : {1, 3}) {
    auto const run = xrdct(folder_, "reduce scan/bad.json --output bad.h5 --overwrite", ranks);
    EXPECT_EQ(run.status, 3) << run.errors;
    EXPECT_THAT(run.errors,
                AllOf(HasSubstr("expected at least one that can be read and decoded"),
                      HasSubstr("48 unreadable"), HasSubstr("the first: cannot read frame 0 (")));
    EXPECT_EQ(read_text(folder_ / "bad.h5"), good) << "a good result is not replaced by none";
  }
  auto const check = xrdct(folder_, "check scan/bad.json");
  EXPECT_EQ(check.status, 3);
  EXPECT_THAT(check.errors, HasSubstr("none of 48"));
}

TEST_F(BadFrames, AndPlacesThatArePendingAreToldByView) {
  damage(write_damaged_chunks);
  ASSERT_EQ(xrdct(folder_, "reduce scan/bad.json --output bad.h5").status, 4);
  auto const corrupt = xrdct(folder_, "view bad.h5 --pattern 2,1 -o a.png");  // frame 13
  EXPECT_EQ(corrupt.status, 0);
  EXPECT_THAT(corrupt.errors,
              HasSubstr("the place 0,2,1 has no values: its frame is not good (corrupt)"));
  EXPECT_EQ(xrdct(folder_, "view bad.h5 -o a.png").errors, "");
  {
    auto const access = io::unlocked_file_access();
    Hdf5File const file(H5Fopen((folder_ / "bad.h5").c_str(), H5F_ACC_RDWR, access.get()), "open");
    Hdf5Dataset const dataset(H5Dopen2(file.get(), "/entry/frames/status", H5P_DEFAULT), "open");
    std::vector<std::uint8_t> status(frames, 0);
    std::fill_n(status.begin() + 10, 20, static_cast<std::uint8_t>(FrameStatus::pending));
    H5Dwrite(dataset.get(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, status.data());
  }
  for (std::string const option : {"", "--channel strongest", "--roi 5:20", "--pattern 2,2"}) {
    auto const run = xrdct(folder_, "view bad.h5 -o a.png " + option);
    EXPECT_EQ(run.status, 0) << option << run.errors;
    EXPECT_THAT(run.errors, HasSubstr("20 of 48 places are pending")) << option;
  }
}

TEST(BadFramesOfFiles, AreReadAgainByTheNextRunWhenTheFileSystemIsBack) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer has to be the first library that is preloaded";
#endif
  auto const folder = fresh_folder();
  simulated_scan(folder);
  ASSERT_EQ(xrdct(folder, "reduce scan/job.json --output whole.h5").status, 0);
  Outcome run;
  bool none_was_read = false;
  for (int at = 15; at < 60 && !none_was_read; ++at) {  // the first calls are those of HDF5
    std::filesystem::remove_all(folder / "out.h5.journal");
    run = xrdct(folder, "reduce scan/job.json --output out.h5", 1,
                "LD_PRELOAD=" XRDCT_FAILING_CALLS
                " FAULT_LASTING=1 FAULT_FILE=scan/scan.h5 FAULT_CALLS=pread FAULT_AT=" +
                    std::to_string(at));
    none_was_read = run.errors.find("expected at least one that can be read") != std::string::npos;
  }
  ASSERT_TRUE(none_was_read) << run.errors;
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.errors, HasSubstr("Input/output error"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out.h5"));
  auto const again = xrdct(folder, "reduce scan/job.json --output out.h5");
  EXPECT_EQ(again.status, 0) << again.errors;
  EXPECT_TRUE(read_text(folder / "out.h5") == read_text(folder / "whole.h5"));
}

TEST(BadFramesOfFiles, AMissingLastFileIsAnErrorOfBothCommands) {
  auto const folder = fresh_folder();
  auto const job = simulated_scan(folder, "--layout eiger --frames-per-file 20");
  replace_in(job, "\"snake\"", "\"incomplete\": \"nan\", \"snake\"");
  replace_in(job, "{\"dataset\": \"/entry/monitor/data\", \"reference\": 1e+05}", "null");
  ASSERT_TRUE(std::filesystem::remove(folder / "scan" / "scan_data_000003.h5"));
  for (std::string const command : {"check", "reduce"}) {
    auto const run = xrdct(folder, command + " scan/job.json");
    EXPECT_EQ(run.status, 3) << command;
    EXPECT_THAT(run.errors, AllOf(HasSubstr("scan_master.h5"), HasSubstr("data_000003"),
                                  HasSubstr("scan_data_000003.h5")));
  }
  replace_in(job, "[\"scan_master.h5\"]", "[\"scan_data_000001.h5\", \"scan_data_000002.h5\"]");
  auto const check = xrdct(folder, "check scan/job.json");
  EXPECT_EQ(check.status, 0) << "the files that are there, named one by one" << check.errors;
  EXPECT_THAT(check.errors, HasSubstr("8 of 48 places have no frame"));
  EXPECT_THAT(xrdct(folder, "reduce scan/job.json").out, HasSubstr("40 good, 8 missing"));
}

TEST_F(BadFrames, DoNotIncludeThoseOfAFileWithoutFrames) {
  leave_out_the_monitor();
  write_fewer_frames(folder_ / "scan" / "bad.h5", stored_);
  FramesFile(folder_ / "scan" / "empty.h5", 0, chunks_of(1));
  replace_in(folder_ / "scan" / "bad.json", "[\"bad.h5\"]",
             "[\"empty.h5\", \"bad.h5\", \"empty.h5\"]");
  auto const run = xrdct(folder_, "reduce scan/bad.json --output bad.h5");
  EXPECT_EQ(run.status, 4) << run.errors;
  EXPECT_THAT(run.out, HasSubstr("frames: 25 good, 23 missing"));
  replace_in(folder_ / "scan" / "bad.json", "[\"empty.h5\", \"bad.h5\", \"empty.h5\"]",
             "[\"empty.h5\"]");
  auto const none = xrdct(folder_, "check scan/bad.json");
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.errors, AllOf(HasSubstr("empty.h5"), HasSubstr("expected frames, found none")));
}

}  // namespace
}  // namespace xrdct::test

// Open MPI's components for files: chosen before MPI starts, looked at afterwards through MPI's own
// tools interface (MPI_T).
#include "io/ranks/mpi_io_choice.hpp"

#include <fmt/core.h>
#include <mpi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "core/words/errors.hpp"

namespace xrdct::io {
namespace {

// Of Open MPI's components for collective writes this one alone tells of a failed and of a short
// write (vulcan, dynamic and dynamic_gen2 of neither, two_phase not of a short one). Ranks write
// whole chunks, so gathering them on few ranks first, as the others do, gains nothing.
constexpr std::string_view reporting_component = "individual";

// Sets what is not set; an empty value is none.
void set_default(char const* name, std::string_view value) {
  char const* const given = std::getenv(name);
  if (given == nullptr || *given == '\0') setenv(name, std::string(value).c_str(), 1);
}

std::string library() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  return {text.data(), static_cast<std::size_t>(length)};
}

bool is_open_mpi() { return library().find("Open MPI") != std::string::npos; }

// The tools interface, while it is looked at.
class Tools {
 public:
  Tools() {
    int provided = 0;
    started_ = MPI_T_init_thread(MPI_THREAD_SINGLE, &provided) == MPI_SUCCESS;
  }
  ~Tools() {
    if (started_) MPI_T_finalize();
  }
  Tools(Tools const&) = delete;
  Tools& operator=(Tools const&) = delete;

  /// The value of a parameter as text; nothing where it cannot be read.
  std::optional<std::string> value(char const* name) const {
    int index = 0, elements = 0;
    MPI_T_cvar_handle handle = MPI_T_CVAR_HANDLE_NULL;
    if (!started_ || MPI_T_cvar_get_index(name, &index) != MPI_SUCCESS || !is_text(index))
      return std::nullopt;
    if (MPI_T_cvar_handle_alloc(index, nullptr, &handle, &elements) != MPI_SUCCESS)
      return std::nullopt;
    std::vector<char> text(static_cast<std::size_t>(std::max(elements, 1)) + 4096, '\0');
    bool const read = MPI_T_cvar_read(handle, text.data()) == MPI_SUCCESS;
    MPI_T_cvar_handle_free(&handle);
    if (!read) return std::nullopt;
    return std::string(text.data());
  }

 private:
  static bool is_text(int index) {
    int name = 0, verbosity = 0, description = 0, binding = 0, scope = 0;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    MPI_T_enum values = MPI_T_ENUM_NULL;
    return MPI_T_cvar_get_info(index, nullptr, &name, &verbosity, &type, &values, nullptr,
                               &description, &binding, &scope) == MPI_SUCCESS &&
           type == MPI_CHAR;
  }
  bool started_ = false;
};

std::vector<std::string> listed(std::string const& value) {
  std::vector<std::string> names;
  std::size_t begin = 0;
  while (begin <= value.size()) {
    auto const end = std::min(value.find(',', begin), value.size());
    if (end > begin) names.push_back(value.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

bool is_romio(std::string const& name) { return name.rfind("romio", 0) == 0; }

std::string refusal(std::string const& found) {
  return core::text({.what = "write collectively",
                     .expected = "a component of Open MPI that tells of failed writes",
                     .found = found,
                     .attempt = fmt::format(
                         "leave OMPI_MCA_fcoll and --mca fcoll away (xrdct then chooses {}), or "
                         "choose --writer independent or direct",
                         reporting_component)});
}

}  // namespace

void choose_mpi_io() {
  set_default("OMPI_MCA_fcoll", reporting_component);
  // Nobody uses shared file pointers. The component that OMPIO would take for them hangs in
  // MPI_File_open when a run before was killed there (its semaphore is named after the file alone),
  // and breaks on paths of more than about 240 characters.
  set_default("OMPI_MCA_sharedfp", "individual");
  // OMPIO before Open MPI 5.0.6 loses data when it merges neighbouring pieces by reading, changing
  // and writing back (open-mpi/ompi#12718). ROMIO's counterpart is given with each file, as hints.
  set_default("OMPI_MCA_fbtl_posix_write_datasieving", "0");
}

std::string objection_to_mpi_io(std::string const* io, std::string const* fcoll) {
  if (io == nullptr || fcoll == nullptr) return refusal("one that does not name its components");
  // "a,b" may be any of them, "^a,b" any other one, "" any at all.
  auto const implementations = listed(*io);
  if (!implementations.empty() &&
      std::all_of(implementations.begin(), implementations.end(), is_romio))
    return "";
  auto const components = listed(*fcoll);
  if (components.empty()) return refusal("fcoll = \"\", which may be vulcan");
  if (components.front().front() == '^')
    return refusal("fcoll = " + *fcoll + ", which may be any other one");
  for (auto const& name : components)
    if (name != reporting_component) return refusal("fcoll = " + name);
  return "";
}

std::string objection_to_environment() {
  if (!is_open_mpi()) return "";
  auto const given = [](char const* name) {
    char const* const text = std::getenv(name);
    return std::string(text == nullptr ? "" : text);
  };
  std::string const io = given("OMPI_MCA_io"), fcoll = given("OMPI_MCA_fcoll");
  return objection_to_mpi_io(&io, &fcoll);
}

MpiIoInForce mpi_io_in_force() {
  if (!is_open_mpi()) {
    std::string const name = library();
    return {name.substr(0, name.find_first_of(",\n")), ""};
  }
  Tools const tools;
  auto const io = tools.value("io"), fcoll = tools.value("fcoll");
  std::string const name = io.value_or("").empty() ? "ompio" : *io;
  return {is_romio(name) ? name : name + ", fcoll " + fcoll.value_or("unknown"),
          objection_to_mpi_io(io ? &*io : nullptr, fcoll ? &*fcoll : nullptr)};
}

}  // namespace xrdct::io

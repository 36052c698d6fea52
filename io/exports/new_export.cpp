// Begins and ends files for other programs.
#include "io/exports/new_export.hpp"

#include <system_error>

#include "io/guard/output_guard.hpp"

namespace xrdct::io {

NewExport::NewExport(std::filesystem::path const& file) : file_(file) {
  refuse_replacing(file_, OutputRole::exported, false);
  part_ = new_file_beside(file_).first;
}

NewExport::~NewExport() {
  std::error_code none;
  if (!part_.empty()) std::filesystem::remove(part_, none);
}

void NewExport::finish() {
  sync_file(part_);
  refuse_replacing(file_, OutputRole::exported, false);
  rename_durably(part_, file_);
  part_.clear();
}

}  // namespace xrdct::io

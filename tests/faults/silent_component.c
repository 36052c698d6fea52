/*
 * The control of the tests of failed writes: writes a file collectively by MPI-IO and tells whether MPI said that a write failed. Under a component of
 * Open MPI that swallows failures it says "told nothing", and so the tests would see one that does. usage: silent_component FILE
 */
#include <mpi.h>
#include <stdio.h>
#include <string.h>

enum { bytes_each = 1 << 16 };

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  int rank = 0, told = 0, written = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  static char bytes[bytes_each];
  memset(bytes, 'x', sizeof bytes);
  MPI_File file;
  if (argc != 2 || MPI_File_open(MPI_COMM_WORLD, argv[1], MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL, &file) != MPI_SUCCESS) {
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  for (int round = 0; round < 4; ++round) {
    MPI_Status status;
    MPI_Offset const offset = (MPI_Offset)bytes_each * (4 * rank + round);
    int const result = MPI_File_write_at_all(file, offset, bytes, bytes_each, MPI_BYTE, &status);
    int const counted = MPI_Get_count(&status, MPI_BYTE, &written);
    if (result != MPI_SUCCESS || counted != MPI_SUCCESS || written != bytes_each) told = 1;
  }
  if (MPI_File_close(&file) != MPI_SUCCESS) told = 1;
  MPI_Allreduce(MPI_IN_PLACE, &told, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (rank == 0) puts(told ? "told a failure" : "told nothing");
  MPI_Finalize();
  return 0;
}

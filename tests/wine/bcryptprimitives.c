/* What Rust's standard library asks of bcryptprimitives.dll, which Wine before 10 does not have.
   See scripts/test-windows. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) {
  while (length > 0) {
    ULONG part = length > 0x100000 ? 0x100000 : (ULONG)length;
    if (!RtlGenRandom(bytes, part)) return FALSE;
    bytes += part;
    length -= part;
  }
  return TRUE;
}

/* A pseudo-console that Wine can make: portable-pty prefers a conpty.dll to the system's functions,
   and Wine 8.0's console host ends at the flag PSEUDOCONSOLE_INHERIT_CURSOR. See scripts/test-windows. */
#include <windows.h>

typedef HRESULT(WINAPI *Create)(COORD, HANDLE, HANDLE, DWORD, void **);
typedef HRESULT(WINAPI *Resize)(void *, COORD);
typedef void(WINAPI *Close)(void *);

#define SYSTEM(type, name) ((type)(void *)GetProcAddress(GetModuleHandleA("kernel32.dll"), name))

__declspec(dllexport) HRESULT WINAPI CreatePseudoConsole(COORD size, HANDLE input, HANDLE output, DWORD flags,
                                                         void **console) {
  (void)flags;
  return SYSTEM(Create, "CreatePseudoConsole")(size, input, output, 0, console);
}

__declspec(dllexport) HRESULT WINAPI ResizePseudoConsole(void *console, COORD size) {
  return SYSTEM(Resize, "ResizePseudoConsole")(console, size);
}

__declspec(dllexport) void WINAPI ClosePseudoConsole(void *console) {
  SYSTEM(Close, "ClosePseudoConsole")(console);
}

package ban

import (
	"bufio"
	"errors"
	"net"
	"net/http"
)

// watched passes an answer on and tells its status. What Traefik interprets can offer it no Flush, so an answer of unknown
// length is flushed as it comes.
type watched struct {
	writer   http.ResponseWriter
	answered func(status int)
	told     bool
	streamed bool
}

func (w *watched) Header() http.Header {
	return w.writer.Header()
}

func (w *watched) WriteHeader(status int) {
	if !w.told && status >= 200 {
		w.told = true
		w.answered(status)
		w.streamed = w.writer.Header().Get("Content-Length") == ""
	}
	w.writer.WriteHeader(status)
	w.flush()
}

func (w *watched) Write(bytes []byte) (int, error) {
	if !w.told {
		w.WriteHeader(http.StatusOK)
	}
	written, err := w.writer.Write(bytes)
	w.flush()
	return written, err
}

// Hijack hands the connection over, for WebSockets.
func (w *watched) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	hijacker, ok := w.writer.(http.Hijacker)
	if !ok {
		return nil, nil, errors.New("the connection cannot be handed over")
	}
	return hijacker.Hijack()
}

func (w *watched) flush() {
	if !w.streamed {
		return
	}
	if flusher, ok := w.writer.(http.Flusher); ok {
		flusher.Flush()
	}
}

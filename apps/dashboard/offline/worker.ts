/** Has the browser run the service worker; when it already does, nothing changes. Without support for it there is none. */
export function registerWorker(): Promise<ServiceWorkerRegistration> | undefined {
  return navigator.serviceWorker?.register("/service-worker.js");
}
